export * from './bytes.ts';
export * from './database.ts';
export * from './failure.ts';
export * from './operations.ts';
export * from './row.ts';
