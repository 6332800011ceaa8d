import { CorridorError } from '@corridor/kernel';

/** One error for every token that does not count, so that none tells which actors there are. */
export const unauthenticated = (): CorridorError =>
  new CorridorError('UNAUTHENTICATED', 'the call needs a valid token in the metadata `authorization: Bearer <token>`');
