export { Entitlement, Entitlements } from './entitlement.ts';
export * from './record-book.ts';
export * from './record-topic.ts';
