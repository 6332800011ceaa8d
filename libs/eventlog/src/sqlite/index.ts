export * from './sqlite-event-log.ts';
