export * from './facts.ts';
export * from './vocabulary.ts';
