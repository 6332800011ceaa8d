export * from './apply-in-order.ts';
export * from './relay.ts';
