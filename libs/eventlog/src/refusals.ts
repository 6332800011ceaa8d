import { CorridorError } from '@corridor/kernel';

/* What every log refuses with, whichever adapter it is of. */

export const closed = (): CorridorError => new CorridorError('UNAVAILABLE', 'the log is closed');

export const unknownTopic = (name: string): CorridorError => new CorridorError('NOT_FOUND', `the log has no topic ${name}`);

export const unknownPartition = (topic: string, partition: number): CorridorError => new CorridorError('INVALID_ARGUMENT', `topic ${topic} has no partition ${partition}`);

export const otherPartitions = (topic: string, has: number, asked: number): CorridorError => new CorridorError('INVALID_ARGUMENT', `topic ${topic} has ${has} partitions, not ${asked}`);

export const beyondEnd = (topic: string, partition: number, from: number, end: number): CorridorError =>
  new CorridorError('LOG_INCOMPLETE', `partition ${partition} of ${topic} ends at ${end}, before ${from}`);

export const expired = (topic: string, partition: number, from: number, begin: number): CorridorError =>
  new CorridorError('RECORDS_EXPIRED', `records ${from} to ${begin} of partition ${partition} of ${topic} are past their retention`, { begin: String(begin) });
