import { CorridorError } from '@corridor/kernel';

/** Whether another commit has won the document. */
export const lostRace = (error: unknown): boolean => error instanceof CorridorError && error.reason === 'VERSION_CONFLICT';

/** Whether an error says that the id of a document is taken. */
export const isTaken = (error: unknown): boolean => error instanceof CorridorError && error.reason === 'ALREADY_EXISTS';
