import { consumeSteadily, partnerTopicName, type Consumer, type EventLog, type PartnerTopics, type StoredRecord } from '@corridor/eventlog';
import { CorridorError, isPassing, untilWritten, type AgencyId, type Clock } from '@corridor/kernel';
import type { Report as Tell } from '@corridor/runtime';
import { causeOf, traced } from '@corridor/telemetry';
import type { Report } from '../domain/observation.ts';

const GROUP = 'alerts-intake';
/** How many records are handled before their position is kept. */
const BATCH = 64;
/** How long to wait before the topic is looked for again after it was taken away or could not be asked for, ms. */
const RETRY = 500;

export interface IntakeDependencies {
  readonly log: EventLog;
  readonly partnerTopics: PartnerTopics;
  readonly agency: AgencyId;
  readonly clock: Clock;
  readonly tell: Tell;
  /** What a record of the topic reports; nothing for one that holds no delivery. */
  reportsOf(record: StoredRecord): readonly Report[];
  /** Takes and evaluates what came together. Idempotent. */
  take(reports: readonly Report[]): Promise<void>;
}

/**
 * What the early-warning agency receives, record by record: the reports of one record count at one moment. The position
 * moves only after everything that follows from a record is stored.
 */
export class Intake {
  readonly #deps: IntakeDependencies;
  readonly #stopping = new AbortController();
  #consumer: Consumer | undefined;
  #running: Promise<void> = Promise.resolve();
  #failure: CorridorError | undefined;
  #waitsFor: string | undefined;
  #toldOfWaiting = false;

  constructor(deps: IntakeDependencies) {
    this.#deps = deps;
  }

  start(): void {
    this.#running = this.#run().catch((error: unknown) => {
      if (this.#stopping.signal.aborted) return;
      this.#failure = CorridorError.from(error);
      this.#deps.tell('error', 'alerts.intake-ended', { reason: this.#failure.reason });
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#consumer?.stop();
    await this.#running;
  }

  /** Why nothing is taken in at present; undefined while it is. That there is no topic yet is no failure. */
  get waitsFor(): string | undefined {
    return this.#waitsFor;
  }

  get failure(): CorridorError | undefined {
    return this.#failure;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { log, partnerTopics, agency, clock } = this.#deps;
    while (!signal.aborted) {
      try {
        await partnerTopics.provisioned(agency, signal);
        this.#consumer = consumeSteadily(log, partnerTopicName(agency), GROUP, (records) => this.#take(records), { clock, maxBatch: BATCH, onWait: (error) => this.#tellOfWaiting(error) });
        await this.#consumer.done;
        return;
      } catch (error) {
        // The topic was taken away, and the agency may open it again; or nobody could say whether it is there.
        if (CorridorError.from(error).reason !== 'NOT_FOUND' && !isPassing(error)) throw error;
      }
      await clock.wait(RETRY, signal);
    }
  }

  async #take(records: readonly StoredRecord[]): Promise<void> {
    const { clock, reportsOf } = this.#deps;
    for (const record of records) {
      const reports = reportsOf(record);
      if (reports.length === 0) continue;
      await untilWritten(() => this.#evaluate(record, reports), clock, this.#stopping.signal, (error) => {
        this.#tellOfWaiting(error);
        this.#waitsFor = error.reason;
      });
      this.#waitsFor = undefined;
      this.#toldOfWaiting = false;
    }
  }

  /** Once until something is taken in again. That the log is away does not say that anything waits in it. */
  #tellOfWaiting({ reason }: CorridorError): void {
    if (!this.#toldOfWaiting) this.#deps.tell('warn', 'alerts.intake-waits', { reason });
    this.#toldOfWaiting = true;
  }

  #evaluate(record: StoredRecord, reports: readonly Report[]): Promise<void> {
    const { take } = this.#deps;
    const from = causeOf(record);
    return from === undefined ? take(reports) : traced('evaluate', { 'corridor.updates': reports.length }, () => take(reports), { from });
  }
}
