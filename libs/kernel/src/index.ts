export * from './bytes.ts';
export * from './checks.ts';
export * from './clock.ts';
export * from './error.ts';
export * from './ids.ts';
export * from './random.ts';
export * from './reasons.ts';
