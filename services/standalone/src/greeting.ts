import { join, relative } from 'node:path';
import { BOOTSTRAP_SECRET_FILE, type Part } from '@corridor/runtime';
import type { Progress } from '../scenario/progress.ts';
import { ACTORS_FILE } from '../scenario/secrets.ts';
import type { StandaloneNode } from './service.ts';

export interface GreetingOptions {
  /** The data folder, absolute. */
  readonly folder: string;
  readonly scenario: Progress;
  readonly node: Pick<StandaloneNode, 'grpcAddress' | 'httpAddress'>;
  readonly say: (line: string) => void;
}

/** The part that comes last: it tells what runs where and what to try. */
export function greetingPart(options: GreetingOptions): Part {
  return {
    name: 'greeting',
    start: () => {
      for (const line of greeting(options)) options.say(line);
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  };
}

function greeting({ folder, scenario, node }: Omit<GreetingOptions, 'say'>): readonly string[] {
  const shown = relative(process.cwd(), folder) || '.';
  const file = (name: string): string => (shown.startsWith('..') ? join(folder, name) : join(shown, name));
  const runs = [`Corridor runs: gRPC on ${node.grpcAddress()}, HTTP on ${node.httpAddress()} (/readyz), data in ${file('')}`];
  const stop = 'Ctrl-C stops it.';
  if (scenario === 'none') return [...runs, `The secret of the founding act: ${file(BOOTSTRAP_SECRET_FILE)}`, stop];
  return [
    ...runs,
    scenario === 'to play' ? 'A demonstration is being played; its summary follows.' : 'The demonstration was played before; its data are there.',
    `Secrets of its actors: ${file(ACTORS_FILE)}. In a browser: ${node.httpAddress()}, as migration-agency/desk-1. Or try:`,
    `  npx corridor --as migration-agency/desk-1 list --purpose planning`,
    `  npx corridor --as homeland-authority/desk-1 list --purpose early-warning`,
    stop,
  ];
}
