export * from './event-log.ts';
export * from './partition.ts';
export * from './partner-topics.ts';
export * from './steady-consumer.ts';
