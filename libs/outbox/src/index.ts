export * from './apply-in-order.ts';
export * from './commit.ts';
export * from './relay.ts';
