import { CorridorError } from '@corridor/kernel';
import { traceOf } from './report.ts';
import type { Report } from './service.ts';

/**
 * A part of a node. `stop` is idempotent and awaited, and may be called whether or not `start` was or succeeded, also while
 * it is under way: a start that waits for what does not answer is waited for no longer.
 */
export interface Part {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves with the reason when the node can work no more: it then stops, and the exit code is 1. */
  readonly ended?: Promise<CorridorError>;
}

/** The process around a node: what asks it to end, and what ends it. */
export interface Surroundings {
  on(event: EndingEvent, listener: (error: unknown) => void): unknown;
  off(event: EndingEvent, listener: (error: unknown) => void): unknown;
  exit(code: number): unknown;
  /** Seconds since it began. */
  uptime(): number;
}
type EndingEvent = (typeof SIGNALS)[number] | (typeof DEFECTS)[number];

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const DEFECTS = ['unhandledRejection', 'uncaughtException'] as const;
/** What a shell reports of a process that was interrupted: 128 + SIGINT. */
const INTERRUPTED = 130;
/** So soon one Ctrl-C may come twice, in seconds: the terminal tells everybody who runs in it, and npm tells whom it runs. */
const SAME_WISH = 0.5;

/**
 * Runs the parts of a node: starts them in order, waits for SIGINT or SIGTERM or the end of a part, stops them in reverse. The same
 * signal once more ends the process at once; the other one does not: Ctrl-C interrupts all processes of a terminal, and
 * whoever began some of them terminates them as well. An error that nobody handled ends it loudly: going on from an unknown
 * state could deliver what must not be delivered.
 * @returns the exit code: 0 after a signal, 1 when a part ended, or failed to start or to stop
 */
export async function run(parts: readonly Part[], surroundings: Surroundings, report: Report): Promise<number> {
  const asked = Promise.withResolvers<void>();
  let stopping = false;
  const onSignals = SIGNALS.map((signal) => {
    let first: number | undefined;
    const listener = (): void => {
      first ??= surroundings.uptime();
      if (surroundings.uptime() - first >= SAME_WISH) surroundings.exit(INTERRUPTED);
      stopping = true;
      asked.resolve();
    };
    return { signal, listener };
  });
  const onDefect = (error: unknown): void => {
    report('error', 'node.defect', { trace: traceOf(error) });
    surroundings.exit(1);
  };
  for (const { signal, listener } of onSignals) surroundings.on(signal, listener);
  for (const defect of DEFECTS) surroundings.on(defect, onDefect);
  try {
    const begun: Part[] = [];
    const started = await startInOrder(parts, begun, { asked: asked.promise, stopping: () => stopping }, report);
    const ended = started ? await Promise.race([asked.promise, endOf(parts, report)]) : undefined;
    stopping = true;
    const stopped = await stopInReverse(begun, report);
    return started && stopped && ended === undefined ? 0 : 1;
  } finally {
    for (const { signal, listener } of onSignals) surroundings.off(signal, listener);
    for (const defect of DEFECTS) surroundings.off(defect, onDefect);
  }
}

/** For how long a part may go on starting once the node is asked to stop, ms: it is best stopped when it has started. */
const STARTED_WITHIN_MS = 2000;
/** For how long what the parts stood on may take to close, ms. */
const CLOSED_WITHIN_MS = 5000;

/** Ends the process when everything is closed, or will not close: one handle that is left open would keep it for ever. */
export async function endProcess(surroundings: Pick<Surroundings, 'exit'>, code: number, close: () => Promise<void>, report: (error: unknown) => void): Promise<void> {
  const late = Promise.withResolvers<number>();
  const timer = setTimeout(() => late.resolve(code), CLOSED_WITHIN_MS);
  const closing = close().then(
    () => code,
    (error: unknown) => {
      report(error);
      return 1;
    },
  );
  const ends = await Promise.race([closing, late.promise]);
  clearTimeout(timer);
  surroundings.exit(ends);
}

/** A request to stop. */
interface Request {
  readonly asked: Promise<void>;
  stopping(): boolean;
}

/** Starts the parts, noting each in `begun`; false when one failed. A request to stop does not wait for long for the one that is starting. */
async function startInOrder(parts: readonly Part[], begun: Part[], { asked, stopping }: Request, report: Report): Promise<boolean> {
  for (const part of parts) {
    if (stopping()) return true;
    begun.push(part);
    try {
      const starting = part.start();
      // What it fails with once it is stopped tells nothing.
      starting.catch(() => undefined);
      await Promise.race([starting, asked.then(() => atMost(starting))]);
    } catch (error) {
      failed(report, part, 'node.start-failed', error);
      return false;
    }
  }
  if (!stopping()) report('info', 'node.started');
  return true;
}

async function atMost(starting: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(() => late.resolve(), STARTED_WITHIN_MS);
  await Promise.race([starting, late.promise]).finally(() => clearTimeout(timer));
}

/** The first part that ended, once it did. */
async function endOf(parts: readonly Part[], report: Report): Promise<Part> {
  const { part, error } = await Promise.race(parts.map(async (each) => ({ part: each, error: await (each.ended ?? never) })));
  failed(report, part, 'node.ended', error);
  return part;
}
const never = new Promise<never>(() => {});

async function stopInReverse(begun: readonly Part[], report: Report): Promise<boolean> {
  let good = true;
  for (const part of begun.toReversed()) {
    try {
      await part.stop();
    } catch (error) {
      failed(report, part, 'node.stop-failed', error);
      good = false;
    }
  }
  report('info', 'node.stopped');
  return good;
}

/** Our own errors are written for people; of others only the place is told. */
function failed(report: Report, { name }: Part, event: string, error: unknown): void {
  const ours = error instanceof CorridorError ? { reason: error.reason, message: `${error.message}. ${error.todo}` } : { trace: traceOf(error) };
  report('error', event, { part: name, ...ours });
}
