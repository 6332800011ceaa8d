import { CorridorError, type Quota } from '@corridor/kernel';
import type { NewRecord, Position, TopicSpec } from '../event-log.ts';
import { partitionOf } from '../partition.ts';
import { faultName, isPassingFault, refusalOf, unavailable } from './faults.ts';
import { type Batch, type Call, Lane } from './lane.ts';
import type { Patience, Spell } from './patience.ts';
import type { ProducerIds } from './producer-ids.ts';
import { encodeRecord } from './record.ts';
import type { Produced, Wire } from './wire.ts';

/** What a record counts for in the queue beside its bytes. */
const RECORD_OVERHEAD = 256;
/** While so many calls wait, whoever else comes within so many milliseconds may share their request. */
const CROWD = 8;
const LINGER_MS = 4;
/** The broker does not know the numbers we use, and stored nothing of the batch. */
const LOST_PRODUCER = /^(UNKNOWN_PRODUCER_ID|OUT_OF_ORDER_SEQUENCE_NUMBER|INVALID_PRODUCER_EPOCH)$/;

export interface SenderOptions {
  readonly spec: TopicSpec;
  readonly wire: Pick<Wire, 'leaders' | 'produce' | 'producerId'>;
  readonly ids: ProducerIds;
  readonly queue: Quota;
  readonly patience: Patience;
  /** Aborts with the error that what waits is rejected with. */
  readonly ended: AbortSignal;
  /**
   * For what may be worth nothing later: a call that was not answered within so many milliseconds is rejected, and nothing
   * of it is sent again. Absent: for as long as a call waits, and what is under way then is sent again until it is stored.
   */
  readonly abandonAfterMs?: number;
}

/**
 * Stores the records of a topic. To each broker at most one request is under way; what comes in meanwhile makes up the
 * next one, so that whoever waits shares the round trip. The producer is idempotent: a batch that is sent again because
 * its answer was lost is stored once. While the cluster is away, what is under way is sent again until it is back, unless
 * it is to be abandoned.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #lanes: readonly Lane[];
  /** In the order in which they came. */
  readonly #calls = new Set<Call>();
  /** Brokers to which a request is under way. */
  readonly #busy = new Set<number>();
  readonly #spell: Spell;
  /** Those that failed, until it is tried again. */
  readonly #resting = new Set<Lane>();
  #scheduled = false;
  #lingering: NodeJS.Timeout | undefined;
  /** How many calls waited or were under way when something was sent last. */
  #sentFor = 0;
  #recovering = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#lanes = Array.from({ length: options.spec.partitions }, (_, partition) => new Lane(partition));
    this.#spell = options.patience.spell();
    options.ended.addEventListener('abort', () => this.#end(), { once: true });
  }

  /** @throws CorridorError VALUE_TOO_LARGE, QUEUE_FULL, UNAVAILABLE */
  append(records: readonly NewRecord[]): Promise<readonly Position[]> {
    return new Promise((resolve, reject) => {
      const encoded = records.map(encodeRecord);
      const positions = records.map(({ key }) => ({ partition: partitionOf(key, this.#lanes.length), offset: -1 }));
      this.#refuseAway(positions);
      let bytes = 0;
      for (const record of encoded) bytes += record.bytes + RECORD_OVERHEAD;
      const waited = this.#options.queue.during(bytes, () => {
        this.#options.ended.throwIfAborted();
        const { promise, resolve: release } = Promise.withResolvers<void>();
        const call: Call = { positions, since: this.#options.patience.clock.monotonic(), left: records.length, resolve, reject, release };
        this.#calls.add(call);
        for (const [place, record] of encoded.entries()) this.#lanes[positions[place]?.partition ?? 0]?.push({ call, place, record });
        this.#schedule();
        this.#timer ??= setTimeout(() => this.#giveUp(), this.#limitMs);
        // The room in the queue is held for as long as anything of the call is, also when its caller was told to try again.
        return promise;
      });
      waited.catch(reject);
    });
  }

  /** For how long a call waits, ms. */
  get #limitMs(): number {
    return this.#options.abandonAfterMs ?? this.#options.patience.limitMs;
  }

  /** Whoever comes while the cluster has been away for long is told at once. */
  #refuseAway(positions: readonly Position[]): void {
    const { clock } = this.#options.patience;
    for (const { partition } of positions) {
      const since = this.#lanes[partition]?.failingSince;
      if (since !== undefined && clock.monotonic() - since > this.#limitMs) throw unavailable('it has not answered for some time');
    }
  }

  /**
   * Sends soon. Many that call are given a little time to become as many as were sent for last: a request costs the cluster
   * about the same whatever it carries, and so does each reader's answer.
   */
  #schedule(): void {
    if (this.#calls.size >= CROWD && this.#calls.size < this.#sentFor) this.#lingering ??= setTimeout(() => this.#sendSoon(), LINGER_MS);
    else this.#sendSoon();
  }

  /** At the end of this turn of the event loop, so that its calls go together. */
  #sendSoon(): void {
    clearTimeout(this.#lingering);
    this.#lingering = undefined;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#lanes.some((lane) => !lane.isIdle && !this.#resting.has(lane))) void this.#flush(false);
    });
  }

  /** Sends what waits, and what has to be sent again, to every broker that is not busy; what failed is sent when it has rested. */
  async #flush(stale: boolean): Promise<void> {
    const { spec, wire, ids, ended } = this.#options;
    try {
      const leaders = await wire.leaders(spec.name, stale);
      const producer = await ids.current(wire);
      if (ended.aborted) return;
      const byNode = new Map<number, Batch[]>();
      const leaderless: Lane[] = [];
      for (const lane of this.#lanes) {
        if (this.#resting.has(lane)) continue;
        const node = leaders.get(lane.partition);
        if (node === undefined) leaderless.push(lane);
        else if (lane.isIdle) lane.failingSince = undefined;
        else if (!this.#busy.has(node)) byNode.set(node, [...(byNode.get(node) ?? []), lane.next(producer)]);
      }
      for (const [node, batches] of byNode) void this.#send(node, batches);
      if (leaderless.some(({ isIdle }) => !isIdle)) void this.#recover(leaderless, new Error('no leader'));
      else this.#settle();
    } catch (error) {
      if (isPassingFault(error)) void this.#recover(this.#lanes, error);
      else this.#failAll(refusalOf(error));
    }
  }

  async #send(node: number, batches: readonly Batch[]): Promise<void> {
    const { spec, wire } = this.#options;
    const [first] = batches;
    if (first === undefined) return;
    // A request carries the number of one producer; batches of another one go with the next.
    const together = batches.filter(({ producer }) => producer === first.producer);
    this.#sentFor = this.#calls.size;
    this.#busy.add(node);
    try {
      const answers = await wire.produce(node, spec.name, together, first.producer);
      this.#busy.delete(node);
      for (const batch of together) this.#answered(batch, answers.find(({ partition }) => partition === batch.partition));
      this.#settle();
      if (this.#lanes.some(({ isIdle }) => !isIdle)) this.#schedule();
    } catch (error) {
      this.#busy.delete(node);
      if (isPassingFault(error)) void this.#recover(this.#lanesOf(together), error);
      else for (const batch of together) this.#fail(batch, refusalOf(error));
    }
  }

  #answered(batch: Batch, answer: Produced | undefined): void {
    const lane = this.#lanes[batch.partition];
    // It was given up meanwhile, or sent to another broker that answered first.
    if (lane?.batch !== batch) return;
    const error = answer === undefined ? new CorridorError('INTERNAL', 'a broker left a partition out of its answer') : answer.error;
    if (error === undefined) {
      for (const { call } of lane.stored(answer?.baseOffset ?? 0)) this.#done(call);
    } else if (LOST_PRODUCER.test(faultName(error))) {
      this.#options.ids.forget(batch.producer);
      // Once at once. A broker that then does not know the new ones either is given time.
      if (lane.isRenumbered) void this.#recover([lane], error);
      lane.takeBack();
    } else if (isPassingFault(error)) {
      void this.#recover([lane], error);
    } else {
      this.#fail(batch, refusalOf(error));
    }
  }

  /** Waits, asks who leads and sends again. */
  async #recover(lanes: readonly Lane[], error: unknown): Promise<void> {
    const { patience, ended } = this.#options;
    for (const lane of lanes) {
      lane.failingSince ??= patience.clock.monotonic();
      this.#resting.add(lane);
    }
    if (this.#recovering || ended.aborted) return;
    this.#recovering = true;
    await this.#spell.failed(error, ended);
    this.#recovering = false;
    this.#resting.clear();
    if (!ended.aborted) await this.#flush(true);
  }

  /** Tells, when nothing fails any more. */
  #settle(): void {
    if (this.#lanes.every(({ failingSince }) => failingSince === undefined)) this.#spell.worked();
  }

  /** A batch is not sent any more: the cluster refuses it for good, or it is abandoned. Whether it stored it is not known, so its numbers are not used again. */
  #fail(batch: Batch, error: CorridorError): void {
    const lane = this.#lanes[batch.partition];
    if (lane?.batch !== batch) return;
    this.#options.ids.forget(batch.producer);
    lane.batch = undefined;
    for (const { call } of batch.entries) {
      call.reject(error);
      this.#done(call);
    }
    this.#schedule();
  }

  #failAll(error: CorridorError): void {
    for (const { batch } of this.#lanes) if (batch !== undefined) this.#fail(batch, error);
    this.#drop(new Set(this.#calls), error);
  }

  #done(call: Call): void {
    call.left -= 1;
    if (call.left > 0) return;
    this.#calls.delete(call);
    call.resolve(call.positions);
    call.release();
  }

  /** Rejects calls and takes back what of them is not under way. */
  #drop(calls: ReadonlySet<Call>, error: CorridorError): void {
    for (const lane of this.#lanes) lane.drop(calls);
    for (const call of calls) {
      this.#calls.delete(call);
      call.reject(error);
      if (call.left === 0) call.release();
    }
  }

  /** Rejects the calls that have waited for as long as a call waits. */
  #giveUp(): void {
    const limitMs = this.#limitMs;
    const now = this.#options.patience.clock.monotonic();
    const over = new Set<Call>();
    let next: Call | undefined;
    for (const call of this.#calls) {
      next = call;
      if (call.since + limitMs > now) break;
      over.add(call);
      next = undefined;
    }
    const error = unavailable('it has not answered in time');
    if (this.#options.abandonAfterMs !== undefined) {
      for (const { batch } of this.#lanes) if (batch?.entries.some(({ call }) => over.has(call)) === true) this.#fail(batch, error);
    }
    this.#drop(over, error);
    this.#timer = next === undefined ? undefined : setTimeout(() => this.#giveUp(), Math.max(1, next.since + limitMs - now));
  }

  #lanesOf(batches: readonly Batch[]): readonly Lane[] {
    return this.#lanes.filter(({ batch }) => batch !== undefined && batches.includes(batch));
  }

  /**
   * Rejects what waits. Its numbers are not used again: whoever opens the topic anew counts from 0, and where the topic is
   * still the same one the brokers would take its first batches for ours, and acknowledge them without storing them.
   */
  #end(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#lingering);
    this.#drop(new Set(this.#calls), refusalOf(this.#options.ended.reason));
    for (const lane of this.#lanes) {
      for (const { call } of lane.clear()) call.release();
      if (lane.producer !== undefined) this.#options.ids.forget(lane.producer);
    }
    this.#spell.ended();
  }
}
