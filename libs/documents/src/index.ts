export * from './documents.ts';
export * from './prefix.ts';
