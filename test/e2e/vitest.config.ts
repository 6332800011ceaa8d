import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** The long tests across services, which run on their own. */
export default defineConfig({
  test: {
    include: ['**/durability.test.ts', '**/full-disk.test.ts', '**/telemetry.test.ts'],
    fileParallelism: false,
    root: import.meta.dirname,
    reporters: ['default'],
    testTimeout: 150_000,
    hookTimeout: 30_000,
    env: {
      ...(process.env['CORRIDOR_SEED'] === undefined ? {} : { CORRIDOR_SEED: process.env['CORRIDOR_SEED'] }),
      // Nodes that are started again and again find their modules compiled.
      NODE_COMPILE_CACHE: join(import.meta.dirname, '../../.cache/compiled'),
    },
  },
});
