import { createServer } from 'node:net';
import { NOTHING, sum, type Tally } from '../tally.ts';
import { firstMissing } from './compare.ts';
import { parsePage, type Example, type NamedPort } from './examples.ts';
import { Background, Shell, type Place } from './shell.ts';

/** How the runner reports: one call per line of its own output. */
export type Say = (line: string) => void;

/** Milliseconds an example may take to end or to be ready, and one in the background to stop. */
export interface Patience {
  readonly end: number;
  readonly stop: number;
}

/** What came of one example; `problem` is undefined when all is well. */
interface Result {
  readonly problem: string | undefined;
  readonly output: string;
}

interface Started {
  readonly example: Example;
  readonly background: Background;
}

/**
 * Runs the examples of a page in one shell, in order, and compares what they print. After a command that failed the
 * examples that follow are skipped, since they build on it.
 */
export async function runPage(markdown: string, place: Place, patience: Patience, say: Say): Promise<Tally> {
  const page = parsePage(markdown);
  const chosen = await freePorts(page.ports);
  const withPorts = (text: string): string => text.replaceAll(/\b\d+\b/g, (number) => chosen.get(number) ?? number);
  const environment = { ...place.environment, ...Object.fromEntries(page.ports.map(({ variable, value }) => [variable, withPorts(value)])) };
  const shell = await Shell.open({ ...place, environment });
  const started: Started[] = [];
  const tallies: Tally[] = [];
  try {
    let broken = false;
    for (const written of page.examples) {
      const example = { ...written, script: withPorts(written.script), expected: written.expected === undefined ? undefined : withPorts(written.expected) };
      const leftOut = example.treatment.kind === 'left out' ? example.treatment.why : broken ? 'an example before it failed' : undefined;
      if (leftOut !== undefined) {
        say(`skipped line ${example.line}: ${title(example)} (${leftOut})`);
        tallies.push({ ...NOTHING, skipped: 1 });
        continue;
      }
      const begin = performance.now();
      const result = example.treatment.kind === 'background' ? await startExample(example, shell, patience, started) : await runExample(example, shell, patience);
      tallies.push(judge(example, result, performance.now() - begin, say));
      broken = result.problem !== undefined;
    }
  } finally {
    tallies.push(...(await stopAll(started, patience, say)));
    await shell.close();
  }
  return sum(tallies);
}

const title = ({ script }: Example): string => script.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';

function judge(example: Example, { problem, output }: Result, milliseconds: number, say: Say): Tally {
  const took = `${(milliseconds / 1000).toFixed(1)} s`;
  if (problem === undefined) {
    say(`ok      line ${example.line}: ${title(example)} (${took})`);
    return { ...NOTHING, passed: 1 };
  }
  say(`FAILED  line ${example.line}: ${title(example)} (${took}): ${problem}`);
  for (const line of output.trimEnd().split('\n')) say(`    ${line}`);
  return { ...NOTHING, failed: 1 };
}

async function runExample(example: Example, shell: Shell, patience: Patience): Promise<Result> {
  const { code, output } = await shell.run(example.script, patience.end);
  if (code !== 0) return { problem: `exit status ${code}`, output };
  const missing = example.expected === undefined ? undefined : firstMissing(example.expected, output);
  return { problem: missing === undefined ? undefined : `does not print: ${missing}`, output };
}

/** Starts an example, and hands it to `started` once it is ready; one that never is gets stopped. */
async function startExample(example: Example, shell: Shell, patience: Patience, started: Started[]): Promise<Result> {
  const background = new Background(example.script, await shell.place());
  const missing = (output: string): string | undefined => firstMissing(example.expected ?? '', output);
  const ready = await background.ready((output) => missing(output) === undefined, patience.end);
  if (ready) {
    started.push({ example, background });
    return { problem: undefined, output: background.output };
  }
  await background.stop(patience.stop);
  return { problem: `never ready, does not print: ${missing(background.output) ?? ''}`, output: background.output };
}

/** Stops what runs in the background, last started first. What ended before its time, or would not end, counts as a failure. */
async function stopAll(started: readonly Started[], patience: Patience, say: Say): Promise<readonly Tally[]> {
  const tallies: Tally[] = [];
  for (const { example, background } of started.toReversed()) {
    const early = background.exit;
    const stopped = await background.stop(patience.stop);
    const problem = early !== undefined ? `ended by itself with status ${early}` : stopped ? undefined : 'did not stop when asked to';
    if (problem !== undefined) tallies.push(judge(example, { problem, output: background.output }, 0, say));
  }
  return tallies;
}

/** A free port for each that the page names, all different. */
async function freePorts(named: readonly NamedPort[]): Promise<ReadonlyMap<string, string>> {
  const servers = await Promise.all(
    [...new Set(named.map(({ port }) => port))].map(async (port) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return { port, server };
    }),
  );
  const chosen = servers.map(({ port, server }) => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the system gave no port');
    return [port, String(address.port)] as const;
  });
  await Promise.all(servers.map(({ server }) => new Promise<unknown>((resolve) => server.close(resolve))));
  return new Map(chosen);
}
