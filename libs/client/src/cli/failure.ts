import { CommanderError } from 'commander';
import { CorridorError, type GrpcCodeName } from '@corridor/kernel';

/** What the exit status of `corridor` tells; shown by `corridor --help`. */
export const EXIT = {
  done: 0,
  other: 1,
  usage: 2,
  refused: 3,
  notFound: 4,
  unavailable: 5,
} as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** Each exit status as a sentence. */
export const EXIT_TEXT: Readonly<Record<ExitStatus, string>> = {
  0: 'done',
  1: 'another failure: invalid content, a conflict, damage, a defect',
  2: 'the command line or a setting is wrong; nothing was done',
  3: 'refused: not signed in, not permitted, or the present state forbids it',
  4: 'nothing of this name is there for you',
  5: 'the node cannot be reached, takes no more now, or did not answer in time',
};

/** The command line or a setting is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A failure as the command line reports it. */
export interface Report {
  readonly status: ExitStatus;
  /** One line: what is wrong and what to do. */
  readonly text: string;
  /** The object printed with `--json`. */
  readonly json: { readonly error: Readonly<Record<string, unknown>> };
}

/** How a failure is reported. `help` names the command whose help tells more. */
export function reportOf(error: unknown, help: string): Report {
  if (error instanceof CommanderError || error instanceof UsageError) {
    const message = error.message.replace(/^error: /, '');
    return { status: EXIT.usage, text: `${oneLine(message)} (see ${help} --help)`, json: { error: { code: 'USAGE', reason: 'USAGE', message } } };
  }
  const failed = CorridorError.from(error);
  const { code, reason, message, metadata, todo } = failed;
  const local = reason === 'INTERNAL' && failed.cause instanceof Error ? `${message}: ${failed.cause.message}` : message;
  const text = local.includes(todo) ? local : `${local}. ${todo}`;
  return { status: statusOf(code), text: oneLine(text), json: { error: { code, reason, message: local, todo, metadata } } };
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

function statusOf(code: GrpcCodeName): ExitStatus {
  switch (code) {
    case 'UNAUTHENTICATED':
    case 'PERMISSION_DENIED':
    case 'FAILED_PRECONDITION':
      return EXIT.refused;
    case 'NOT_FOUND':
      return EXIT.notFound;
    case 'UNAVAILABLE':
    case 'DEADLINE_EXCEEDED':
    case 'RESOURCE_EXHAUSTED':
      return EXIT.unavailable;
    case 'INVALID_ARGUMENT':
    case 'ALREADY_EXISTS':
    case 'ABORTED':
    case 'OUT_OF_RANGE':
    case 'INTERNAL':
    case 'DATA_LOSS':
      return EXIT.other;
  }
}
