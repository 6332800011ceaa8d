export * from './access-table.ts';
export * from './aead.ts';
export * from './certificates.ts';
export * from './known-policy.ts';
export * from './policy-facts.ts';
export { nodeCore, type NodeCore } from '../node-core.ts';
