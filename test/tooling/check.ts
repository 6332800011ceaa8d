/**
 * `npm test`: every check of the workspace, one line each, and a total as the last line. The tests run last and alone,
 * since their deadlines assume a machine that is not busy type checking. Names as arguments run only those checks.
 */
import { availableParallelism } from 'node:os';
import { alarms } from './checks/alarms.ts';
import type { Check, Outcome } from './checks/check.ts';
import { failed } from './checks/check.ts';
import { deadCode } from './checks/dead-code.ts';
import { generated } from './checks/generated.ts';
import { layers } from './checks/layers.ts';
import { lint } from './checks/lint.ts';
import { protoBreaking, protoLint } from './checks/protos.ts';
import { engineTests, tests } from './checks/tests.ts';
import { types } from './checks/types.ts';
import { sum, totalLine } from './tally.ts';

const QUICK: readonly Check[] = [
  { name: 'types', run: types },
  { name: 'generated', run: generated },
  { name: 'layers', run: layers },
  { name: 'dead code', run: deadCode },
  { name: 'lint', run: lint },
  { name: 'proto lint', run: protoLint },
  { name: 'proto breaking', run: () => protoBreaking() },
  { name: 'alarms', run: () => alarms() },
];
const LAST: Check = { name: 'tests', run: tests };
/** Run only when asked for. */
const ASKED: Check = { name: 'engines', run: engineTests };

async function report({ name, run }: Check): Promise<Outcome> {
  const start = performance.now();
  const outcome = await run().catch((error: unknown) => failed('the check itself failed', error instanceof Error ? (error.stack ?? error.message) : String(error)));
  const word = outcome.failed > 0 ? 'FAILED' : outcome.passed > 0 ? 'ok' : 'skipped';
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${word.padEnd(8)}${name.padEnd(16)}${seconds.padStart(6)} s  ${totalLine(outcome)}; ${outcome.note}`);
  if (outcome.details !== '') console.log(outcome.details.replaceAll(/^/gm, '    '));
  return outcome;
}

/** Runs checks, at most one per processor at a time, in the order given. */
async function reportAll(checks: readonly Check[]): Promise<readonly Outcome[]> {
  const waiting = [...checks];
  const worker = async (): Promise<readonly Outcome[]> => {
    const outcomes: Outcome[] = [];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) outcomes.push(await report(next));
    return outcomes;
  };
  return (await Promise.all(Array.from({ length: availableParallelism() }, worker))).flat();
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => ![...QUICK, LAST, ASKED].some((check) => check.name === name));
if (unknown.length > 0) throw new Error(`no check is called ${unknown.join(', ')}; there are ${[...QUICK, LAST, ASKED].map(({ name }) => name).join(', ')}`);
const chosen = (check: Check): boolean => asked.length === 0 || asked.includes(check.name);

const outcomes = [...(await reportAll(QUICK.filter(chosen))), ...(await reportAll([LAST].filter(chosen))), ...(await reportAll([ASKED].filter(({ name }) => asked.includes(name))))];
const total = sum(outcomes);
console.log(totalLine(total));
process.exitCode = total.failed > 0 ? 1 : 0;
