import type { Documents, Leases, Versioned } from '@corridor/documents';
import { MAX_ENVELOPE_BYTES, partnerTopicName, type EventLog, type PartnerTopics } from '@corridor/eventlog';
import { CorridorError, type AgencyId, type Reason } from '@corridor/kernel';
import type { Report } from '@corridor/runtime';
import { carrying, count } from '@corridor/telemetry';
import { subscribe, type Outlet, type SubscribeDependencies } from '../application/subscribe.ts';
import type { PartnerTopic } from '../domain/partner-topic.ts';
import { deliveryRecord } from '../events.ts';
import { PartnerAdmission } from './partner-admission.ts';

/** How often the topics are looked through for what another replica changed or left, ms. */
const LOOK_EVERY = 500;
/** For how long a replica holds a topic, and how often it prolongs that, ms: a replica that died is followed soon. */
const LEASE = 3000;
const PROLONG_EVERY = 900;
/** How long to wait before a topic that could not be written is tried again, ms. */
const RETRY = 500;
const PAGE = 100;
/** How many deliveries share the round trip of an append. */
const APPENDED_AT_ONCE = 256;
/** What an envelope holds beside its payload takes less than this. */
const ENVELOPE_OVERHEAD = 2000;

export interface PartnerTopicChannelDependencies extends SubscribeDependencies {
  readonly log: EventLog;
  readonly partnerTopics: PartnerTopics;
  readonly topics: Documents<PartnerTopic>;
  /** Up to where each opening of a topic has been appended, as a sealed cursor. It may lag and never leads. */
  readonly progress: Documents<Uint8Array>;
  readonly leases: Leases;
  readonly report: Report;
}

/** A topic that this replica looks after. */
interface Attended {
  readonly opening: number;
  readonly interrupt: AbortController;
  readonly done: Promise<void>;
}

/**
 * The topics of partners as a way out: for each that is open one subscription of its agency, whose deliveries are
 * appended in order; its agency is barred while it is not active; and one that is closing is taken away. One replica at a
 * time looks after each topic.
 */
export class PartnerTopicChannel {
  readonly #deps: PartnerTopicChannelDependencies;
  readonly #attended = new Map<AgencyId, Attended>();
  readonly #failing = new Map<AgencyId, Reason>();
  readonly #stopping = new AbortController();
  #sleep = new AbortController();
  #running: Promise<void> | undefined;

  constructor(deps: PartnerTopicChannelDependencies) {
    this.#deps = deps;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Looks through the topics at once. */
  wake(): void {
    this.#sleep.abort();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Why a topic is not written; undefined while all are. */
  unwell(): string | undefined {
    for (const [agency, reason] of this.#failing) return `${partnerTopicName(agency)} cannot be written: ${reason}`;
    return undefined;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#sleep = new AbortController();
      try {
        await this.#look();
      } catch (error) {
        this.#deps.report('warn', 'hub.partner-topics-unread', { reason: CorridorError.from(error).reason });
      }
      await this.#pause(LOOK_EVERY, AbortSignal.any([signal, this.#sleep.signal]));
    }
    await Promise.all([...this.#attended.values()].map(({ done }) => done));
  }

  async #look(): Promise<void> {
    const there = new Map<AgencyId, PartnerTopic>();
    let page = await this.#deps.topics.page('attended', { from: '' }, undefined, PAGE);
    for (;;) {
      for (const { doc } of page.items) there.set(doc.agency, doc);
      if (page.next === undefined) break;
      page = await this.#deps.topics.page('attended', { from: '' }, page.next, PAGE);
    }
    for (const [agency, { opening, interrupt }] of this.#attended) {
      const topic = there.get(agency);
      if (topic?.state !== 'open' || topic.opening !== opening) interrupt.abort();
    }
    for (const agency of this.#failing.keys()) if (!there.has(agency)) this.#failing.delete(agency);
    for (const topic of there.values()) if (!this.#attended.has(topic.agency)) this.#attend(topic);
  }

  #attend({ agency, opening }: PartnerTopic): void {
    const interrupt = new AbortController();
    const done = this.#lookAfter(agency, AbortSignal.any([interrupt.signal, this.#stopping.signal])).finally(() => {
      this.#attended.delete(agency);
      this.wake();
    });
    this.#attended.set(agency, { opening, interrupt, done });
  }

  /** Does what a topic asks for as long as this replica holds it; never rejects. */
  async #lookAfter(agency: AgencyId, signal: AbortSignal): Promise<void> {
    const job = `partner-topic/${agency}`;
    const { leases, topics } = this.#deps;
    const ended = new AbortController();
    const held = AbortSignal.any([signal, ended.signal]);
    try {
      if (!(await leases.hold(job, LEASE))) {
        // Another replica looks after it now, and tells how that goes.
        this.#failing.delete(agency);
        return await this.#pause(LOOK_EVERY, signal);
      }
      const prolonging = this.#prolong(job, ended, signal);
      try {
        const there = await topics.get(agency);
        if (there?.doc.state === 'open') await this.#append(there.doc, held);
        if (there?.doc.state === 'closing') await this.#takeAway(there);
      } finally {
        ended.abort();
        await prolonging;
        await leases.release(job);
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#failed(agency, CorridorError.from(error).reason);
      await this.#pause(RETRY, signal);
    }
  }

  /** Keeps hold of a job until `ended`, and ends it when another replica has it. */
  async #prolong(job: string, ended: AbortController, signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#pause(PROLONG_EVERY, AbortSignal.any([ended.signal, signal]));
      if (ended.signal.aborted || signal.aborted) return;
      const holds = await this.#deps.leases.hold(job, LEASE).catch(() => false);
      if (!holds) return ended.abort();
    }
  }

  /** Appends to a topic, and lets its agency read it while it is active, until the signal aborts. */
  async #append(topic: PartnerTopic, signal: AbortSignal): Promise<void> {
    const { agency, openedBy, purpose, filter } = topic;
    const admission = new PartnerAdmission(agency, this.#deps.policy, this.#deps.partnerTopics);
    await admission.settle();
    const cursor = (await this.#deps.progress.get(cursorId(topic)))?.doc;
    const start = cursor === undefined ? { kind: 'beginning' as const } : { kind: 'cursor' as const, cursor };
    const command = { actor: { agency, actor: openedBy }, purpose, filter, inPerson: false, start };
    await together(signal, [(both) => subscribe(command, this.#outlet(topic), both, this.#deps), (both) => admission.follow(both)]);
  }

  /** Appending is delivering: what goes out together is in the log before anything after it is decided. */
  #outlet(topic: PartnerTopic): Outlet {
    const { log, clock, progress } = this.#deps;
    const { agency } = topic;
    return {
      channel: 'topic',
      mostBytes: MAX_ENVELOPE_BYTES - ENVELOPE_OVERHEAD,
      mostAtOnce: APPENDED_AT_ONCE,
      deliveries: async (ready) => {
        await log.append(
          partnerTopicName(agency),
          ready.map(({ prepared, traceparent }) => carrying(deliveryRecord(agency, prepared, clock), traceparent)),
        );
      },
      mark: async (cursor) => {
        await progress.putAll([{ kind: 'put', id: cursorId(topic), doc: cursor }]);
        this.#failing.delete(agency);
      },
      windowOpened: () => Promise.resolve(),
      windowClosed: () => Promise.resolve(),
    };
  }

  async #takeAway({ doc, version }: Versioned<PartnerTopic>): Promise<void> {
    await this.#deps.partnerTopics.withdraw(doc.agency);
    await this.#deps.progress.putAll([{ kind: 'delete', id: cursorId(doc) }]);
    await this.#deps.topics.commit(doc.agency, version, { ...doc, state: 'closed' });
    this.#failing.delete(doc.agency);
  }

  #failed(agency: AgencyId, reason: Reason): void {
    count('corridor.partner_topic.failures', 1, { 'corridor.agency': agency, 'corridor.reason': reason });
    if (this.#failing.get(agency) === reason) return;
    this.#failing.set(agency, reason);
    this.#deps.report('warn', 'hub.partner-topic-failed', { agency, reason });
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return this.#deps.clock.wait(ms, signal).catch(() => undefined);
  }
}

/** Runs all until one has ended, and ends the others; rejects as the first did. */
async function together(signal: AbortSignal, all: readonly ((signal: AbortSignal) => Promise<void>)[]): Promise<void> {
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const running = all.map((run) => run(both).finally(() => ended.abort()));
  try {
    await Promise.race(running);
  } finally {
    await Promise.allSettled(running);
  }
}

const cursorId = ({ agency, opening }: PartnerTopic): string => `${agency}/${opening}`;
