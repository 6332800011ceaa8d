export * from './bytes.ts';
export * from './database.ts';
export * from './failure.ts';
export * from './operations.ts';
export * from './quota.ts';
export * from './row.ts';
