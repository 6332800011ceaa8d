export * from './keys/keys.ts';
export * from './policy/policy-view.ts';
export * from './rpc/rpc.ts';
export * from './service.ts';
export * from './wire/index.ts';
