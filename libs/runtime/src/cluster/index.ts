export * from './cluster-config.ts';
export * from './open-cluster.ts';
export * from './run-process.ts';
