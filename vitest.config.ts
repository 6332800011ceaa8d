import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** One seed for all property tests of a run, printed so that `CORRIDOR_SEED=<seed> npm test` repeats it. */
const seed = process.env['CORRIDOR_SEED'] ?? String(randomInt(2 ** 31));
console.log(`property tests: seed ${seed}`);

export default defineConfig({
  test: {
    include: ['{libs,services}/*/{src,scenario,console}/**/*.test.ts', 'test/**/*.test.ts'],
    // Run on their own: npm run test:durability, npm run test:engines, npm run chaos.
    exclude: ['**/node_modules/**', 'test/e2e/{durability,full-disk,telemetry}.test.ts', '**/*.engines.test.ts', 'test/chaos/**'],
    // Half of a test's time is waiting for processes, disks and browsers: one file at a time would leave a processor idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    setupFiles: ['test/tooling/property-seed.ts'],
    // Some hundred processes are started; each but the first finds its modules compiled, which is half of its start.
    env: { CORRIDOR_SEED: seed, NODE_COMPILE_CACHE: join(import.meta.dirname, '.cache/compiled') },
    reporters: ['default'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    restoreMocks: true,
    unstubEnvs: true,
    expect: { requireAssertions: false },
  },
});
