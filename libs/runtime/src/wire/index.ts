export * from './common.ts';
export * from './encode.ts';
export * from './enums.ts';
export * from './facts.ts';
export * from './handling.ts';
export * from './names.ts';
export * from './record.ts';
export * from './translation.ts';
