export * from './sqlite-document-store.ts';
