import { expect, it } from 'vitest';

/** Where the engines are that replicas share. */
export interface Engines {
  readonly broker: string;
  readonly mongodb: string;
}

const broker = process.env['CORRIDOR_TEST_KAFKA'] ?? '';
/** Where several servers are named the last is used: the contract suites run on all. */
const mongodb = (process.env['CORRIDOR_TEST_MONGODB'] ?? '').split(' ').filter((url) => url !== '').at(-1) ?? '';

/** The engines that tests run on; undefined where one is missing. */
export const engines: Engines | undefined = broker === '' || mongodb === '' ? undefined : { broker, mongodb };

/** Says of a suite that it does not run where there are no engines: skipped, or failed where they are required. */
export function requireEngines(suite: string): void {
  if (engines !== undefined) return;
  it.runIf(process.env['CORRIDOR_REQUIRE_ENGINES'] === '1')(`${suite}: does not run, since CORRIDOR_TEST_KAFKA or CORRIDOR_TEST_MONGODB names no engine`, () => {
    expect(engines).toBeDefined();
  });
}
