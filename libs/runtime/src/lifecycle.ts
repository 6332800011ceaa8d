import { CorridorError } from '@corridor/kernel';
import { traceOf } from './report.ts';
import type { Report } from './service.ts';

/** A part of a node. `stop` is idempotent and awaited, and may be called whether or not `start` was or succeeded. */
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
    const started = await startInOrder(parts, begun, () => stopping, report);
    const ended = started ? await Promise.race([asked.promise, endOf(parts, report)]) : undefined;
    stopping = true;
    const stopped = await stopInReverse(begun, report);
    return started && stopped && ended === undefined ? 0 : 1;
  } finally {
    for (const { signal, listener } of onSignals) surroundings.off(signal, listener);
    for (const defect of DEFECTS) surroundings.off(defect, onDefect);
  }
}

/** Starts the parts, noting each in `begun`; false when one failed. A request to stop is heard between two parts. */
async function startInOrder(parts: readonly Part[], begun: Part[], stopping: () => boolean, report: Report): Promise<boolean> {
  for (const part of parts) {
    if (stopping()) return true;
    begun.push(part);
    try {
      await part.start();
    } catch (error) {
      failed(report, part, 'node.start-failed', error);
      return false;
    }
  }
  report('info', 'node.started');
  return true;
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
