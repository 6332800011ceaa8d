import { defineConfig } from 'vitest/config';

/** Faults under load, one run after the other: each has the machine to itself. */
export default defineConfig({
  test: {
    include: ['src/*.test.ts'],
    root: import.meta.dirname,
    reporters: ['default'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 240_000,
    teardownTimeout: 10_000,
    // kafkajs waits for negative times now and then.
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
    // Tables are printed as they are.
    disableConsoleIntercept: true,
  },
});
