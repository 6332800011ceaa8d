import type { Reason } from '@corridor/kernel';

/** What the writer's thread is started with. */
export interface WriterStart {
  readonly file: string;
  /** Highest number of pages of the file; 0 = no bound. For tests of a full disk. */
  readonly maxPages: number;
  /** Whether what is deleted or replaced is overwritten in the file. */
  readonly erasing: boolean;
}

/** To the writer's thread. A group holds `calls` calls, each a u32 length, a u16 operation and its request. */
export type ToWriter =
  | { readonly kind: 'load'; readonly id: number; readonly module: string }
  | { readonly kind: 'group'; readonly buffer: ArrayBuffer; readonly length: number; readonly calls: number }
  | { readonly kind: 'max-pages'; readonly pages: number }
  | { readonly kind: 'log-pages'; readonly pages: number }
  | { readonly kind: 'scrub' }
  | { readonly kind: 'close' };

export interface WriterFailure {
  readonly reason: Reason;
  readonly message: string;
}

/**
 * From the writer's thread. The reply to a group holds, per call, a u8 outcome and, for `DONE`, a u32 length and the
 * operation's reply, for `FAILED` the reason and the message. The group's memory comes back to be used again.
 */
export type FromWriter =
  | { readonly kind: 'ready' }
  | { readonly kind: 'loaded'; readonly id: number; readonly base: number }
  | { readonly kind: 'load-failed'; readonly id: number; readonly failure: WriterFailure }
  | { readonly kind: 'group'; readonly reply: ArrayBuffer; readonly length: number; readonly request: ArrayBuffer }
  | { readonly kind: 'start-failed'; readonly failure: WriterFailure }
  | { readonly kind: 'scrubbed'; readonly failure: WriterFailure | undefined }
  | { readonly kind: 'closed' };

export const DONE = 0;
export const FAILED = 1;

/** How many pages the write-ahead log takes before it is emptied into the file: large, so that a page is moved once for many writes. */
export const LOG_PAGES = 8000;
