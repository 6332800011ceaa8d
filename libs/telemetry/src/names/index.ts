export * from './attributes.ts';
export * from './metrics.ts';
export * from './spans.ts';
