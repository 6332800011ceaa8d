import { createReadStream } from 'node:fs';
import { mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CorridorError, view } from '@corridor/kernel';
import { LogPosition } from '@corridor/contracts/common/v1/vocabulary';
import { deliveryLeaf, WindowTree } from '@corridor/merkle';
import type { Delivery } from '../subscription.ts';
import type { WindowReceipt } from '../window-watch.ts';
import { UsageError } from './failure.ts';
import { faultOf } from './files.ts';

/**
 * Files of delivery windows, `{window id}.ndjson`: a line `{ index, salt, batch }` for each delivery as it arrived (bytes
 * in base64), and at the end `{ receipt: { windowId, size, root, position } }`. A window that was not closed, because the
 * connection broke, stays behind as `{window id}.part`.
 */
export class WindowFiles {
  readonly #folder: string;
  readonly #open = new Map<string, FileHandle>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether a window with deliveries has no receipt yet. */
  get pending(): boolean {
    return this.#open.size > 0;
  }

  /** Keeps a delivery. */
  async add({ windowId, index, raw }: Delivery): Promise<void> {
    const file = this.#open.get(windowId) ?? (await this.#create(windowId));
    await file.appendFile(`${JSON.stringify({ index, salt: base64(raw.salt), batch: base64(raw.bytes) })}\n`);
  }

  /** Keeps a receipt; the file of its window is complete then. A window without deliveries leaves no file. */
  async close({ windowId, size, root, position }: WindowReceipt): Promise<void> {
    const file = this.#open.get(windowId);
    if (file === undefined) return;
    const receipt = { windowId, size: String(size), root: base64(root), position: LogPosition.toJSON(position) };
    await file.appendFile(`${JSON.stringify({ receipt })}\n`);
    await file.sync();
    await file.close();
    this.#open.delete(windowId);
    await rename(this.#path(windowId, 'part'), this.#path(windowId, 'ndjson'));
  }

  /** Closes what is open. */
  async end(): Promise<void> {
    for (const file of this.#open.values()) await file.close();
    this.#open.clear();
  }

  async #create(windowId: string): Promise<FileHandle> {
    if (!/^[0-9a-f-]{36}$/.test(windowId)) throw new CorridorError('RECEIPT_MISMATCH', 'the node names a window by something that is no UUID');
    // A new stream has new windows; those of the one before it are not closed any more.
    await this.end();
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const file = await open(this.#path(windowId, 'part'), 'w', 0o600);
      this.#open.set(windowId, file);
      return file;
    } catch (error) {
      throw new UsageError(`cannot write into ${this.#folder}: ${faultOf(error)}`);
    }
  }

  #path(windowId: string, ending: 'part' | 'ndjson'): string {
    return join(this.#folder, `${windowId}.${ending}`);
  }
}

/** A delivery from a window file, and the receipt of its window. */
export interface KeptDelivery {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly salt: Uint8Array;
  readonly receipt: WindowReceipt;
}

/** Reads one delivery of a window file; the leaves are computed from the kept bytes. @throws UsageError when it is not there. */
export async function readKept(path: string, index: number): Promise<KeptDelivery> {
  const tree = new WindowTree();
  let kept: { readonly bytes: Uint8Array; readonly salt: Uint8Array } | undefined;
  let closing: { readonly windowId: string; readonly position: LogPosition } | undefined;
  try {
    for await (const text of createInterface({ input: createReadStream(path) })) {
      const line: unknown = JSON.parse(text);
      if (typeof line !== 'object' || line === null) throw new Error('a line is no object');
      const { salt, batch, receipt } = Object.fromEntries(Object.entries(line));
      if (typeof salt === 'string' && typeof batch === 'string') {
        const one = { salt: Buffer.from(salt, 'base64'), bytes: Buffer.from(batch, 'base64') };
        if (tree.add(deliveryLeaf(one.salt, one.bytes)) === index) kept = one;
      } else closing = readReceipt(receipt);
    }
  } catch (error) {
    throw new UsageError(`${path} is no window file: ${faultOf(error)}`);
  }
  if (closing === undefined) throw new UsageError(`${path} ends without a receipt: this window was never closed`);
  if (kept === undefined) throw new UsageError(`${path} holds no delivery ${index}; it has ${tree.size}, from 0`);
  return { ...kept, index, receipt: { ...closing, ...tree.head(), leaves: tree.leaves() } };
}

function readReceipt(value: unknown): { readonly windowId: string; readonly position: LogPosition } {
  if (typeof value !== 'object' || value === null || !('windowId' in value) || !('position' in value) || typeof value.windowId !== 'string') {
    throw new Error('a line is neither a delivery nor a receipt');
  }
  return { windowId: value.windowId, position: LogPosition.fromJSON(value.position) };
}

const base64 = (bytes: Uint8Array): string => view(bytes).toString('base64');
