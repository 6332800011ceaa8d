import { CorridorError } from '@corridor/kernel';

/** An error in one line for the person who started the node: reason code, what is wrong, what to do. */
export function explained(error: unknown): string {
  if (isMisuse(error)) return `${error.message.split('\n')[0] ?? ''} See --help.`;
  const { reason, message, todo } = CorridorError.from(error);
  return `${reason}: ${message}. ${todo}`;
}

/** What `parseArgs` says of arguments that it does not know. */
const isMisuse = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('ERR_PARSE_ARGS');
