import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const seed = process.env['CORRIDOR_SEED'] ?? String(randomInt(2 ** 31));
console.log(`property tests: seed ${seed}`);

/** What is tested on Kafka and MongoDB: the contract suites of the adapters, and services over them. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['{libs,services}/*/src/**/*.engines.test.ts', 'test/engines/**/*.engines.test.ts'],
    globalSetup: ['test/engines/engines.ts'],
    env: { CORRIDOR_SEED: seed },
    setupFiles: ['test/tooling/property-seed.ts'],
    // The engines share the processors with the tests.
    maxWorkers: 2,
    reporters: ['default'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    unstubEnvs: true,
  },
});
