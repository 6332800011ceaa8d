export * from './keys/keys.ts';
export * from './policy/policy-view.ts';
export * from './rpc/rpc.ts';
export * from './service.ts';
