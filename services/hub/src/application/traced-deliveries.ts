import type { AgencyId, Clock } from '@corridor/kernel';
import type { Purpose } from '@corridor/policy';
import { begin, type Running, type SpanBudget } from '@corridor/telemetry';
import type { FoldedRecord } from '../domain/folded-record.ts';

/** To whom something goes, and how. */
export interface Destination {
  readonly agency: AgencyId;
  readonly purpose: Purpose;
  readonly channel: 'stream' | 'topic';
}

/** What of a sampled record is under way to one subscription. Times in milliseconds since the epoch. */
interface UnderWay {
  readonly traceparent: string;
  readonly began: number;
  decided: number | undefined;
  isDecidedAnew: boolean;
  updates: number;
  span: Running<'deliver'> | undefined;
}

/**
 * The spans of deliveries to one subscription. Only a delivery that goes out has one, and, of a record, only those to the
 * first few subscriptions; so they are begun when it is known that there is one, as of when it began.
 */
export class TracedDeliveries {
  readonly #to: Destination;
  readonly #budget: SpanBudget;
  readonly #clock: Clock;
  readonly #underWay = new Map<FoldedRecord, UnderWay>();
  #passed: UnderWay[] = [];

  constructor(to: Destination, budget: SpanBudget, clock: Clock) {
    this.#to = to;
    this.#budget = budget;
    this.#clock = clock;
  }

  /** A record is looked at. */
  began(record: FoldedRecord): void {
    const { traceparent } = record;
    if (traceparent !== undefined) this.#underWay.set(record, { traceparent, began: this.#clock.now(), decided: undefined, isDecidedAnew: false, updates: 0, span: undefined });
  }

  /** What the recipient may have of a record has to be decided. */
  decides(record: FoldedRecord): void {
    const one = this.#underWay.get(record);
    if (one !== undefined) one.isDecidedAnew = true;
  }

  /** That is decided. */
  decided(record: FoldedRecord): void {
    const one = this.#underWay.get(record);
    if (one !== undefined) one.decided ??= this.#clock.now();
  }

  /** Updates of a record are ready to go out. @returns what they carry on, as a traceparent */
  delivers(record: FoldedRecord, updates: number): string | undefined {
    const one = this.#underWay.get(record);
    if (one === undefined) return undefined;
    one.updates += updates;
    if (one.span === undefined && one.updates === updates && this.#budget.take(`${record.partition}/${record.offset}`)) one.span = this.#begin(one);
    return one.span?.traceparent ?? one.traceparent;
  }

  /** Nothing more of a record is to come. */
  passed(record: FoldedRecord): void {
    const one = this.#underWay.get(record);
    if (one === undefined) return;
    this.#underWay.delete(record);
    if (one.span !== undefined) this.#passed.push(one);
  }

  /** The transport has everything that was ready. */
  sent(): void {
    for (const { span, updates } of this.#passed.splice(0)) {
      span?.set({ 'corridor.updates': updates });
      span?.end(undefined, this.#clock.now());
    }
  }

  /** No record is under way any more: it has ended, or the subscription has. */
  ended(error?: unknown): void {
    for (const { span } of [...this.#passed.splice(0), ...this.#underWay.values()]) span?.end(error, this.#clock.now());
    this.#underWay.clear();
  }

  #begin({ traceparent, began, decided, isDecidedAnew }: UnderWay): Running<'deliver'> {
    const { agency, purpose, channel } = this.#to;
    const about = { 'corridor.agency': agency, 'corridor.purpose': purpose };
    const span = begin('deliver', { ...about, 'corridor.channel': channel }, { from: traceparent, at: began });
    const deciding = span.run(() => begin('decide', { ...about, 'corridor.decided': isDecidedAnew ? 'anew' : 'at hand' }, { at: began }));
    deciding.end(undefined, decided);
    return span;
  }
}
