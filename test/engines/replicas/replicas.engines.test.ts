import { connect, CorridorError, type Corridor } from '@corridor/client';
import { CapStatus } from '@corridor/contracts/alerts/v1/cap';
import { Direction, ObservationFilter, Rule } from '@corridor/contracts/alerts/v1/rules';
import { Granularity, Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { Measure, Severity } from '@corridor/contracts/hub/v1/updates';
import { Position, Theme } from '@corridor/contracts/followup/v1/resources';
import { newUuid, systemClock, type Uuid } from '@corridor/kernel';
import { openCheckpoint, parseVerifierKey, verifyConsistency, type Checkpoint } from '@corridor/merkle';
import { Role } from '@corridor/contracts/registry/v1/resources';
import { TOPICS } from '@corridor/runtime';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { at, consentTo, found, handling, message, update, type Community } from './community.ts';
import { engines, requireEngines } from './engines-at-hand.ts';
import { Reading } from './reading.ts';
import { Site, type Replica } from './replicas.ts';

const SOON = { timeout: 30_000, interval: 20 };

requireEngines('replicas');

/*
 * Two replicas of every service over one Kafka and one MongoDB, each with connections, memory and a policy state of its own
 * as in a process of its own. The site has topics and databases of its own, so that other suites may use the engines
 * meanwhile.
 */
describe.skipIf(engines === undefined)('two replicas of every service', { timeout: 120_000 }, () => {
  let site: Site;
  let one: Replica;
  let two: Replica;
  let community: Community;
  const connections = new Map<string, Corridor>();
  const closing: (() => Promise<void>)[] = [];
  /** An actor of the community at a replica. */
  const as = (replica: Replica, actor: { readonly name: string; readonly secret: string }): Corridor => {
    const key = `${replica.address} ${actor.name}`;
    const there = connections.get(key) ?? at(replica.address, actor);
    connections.set(key, there);
    return there;
  };
  const alphaAt = (replica: Replica): Corridor => as(replica, community.alpha);
  const betaAt = (replica: Replica): Corridor => as(replica, community.beta);
  const grant = (replica: Replica, consentId: string) => alphaAt(replica).hub.grantConsent({ parent: 'agencies/alpha', consentId, consent: consentTo('beta') });
  const revoke = (replica: Replica, consentId: string) => alphaAt(replica).hub.revokeConsent({ name: `agencies/alpha/consents/${consentId}`, expectedVersion: 0n });
  const publish = async (replica: Replica, series: string, ...ids: readonly Uuid[]): Promise<void> => {
    await alphaAt(replica).hub.publish(message(series, ...ids.map((id, i) => update(i, 120, id))));
  };
  /** What a test began and a failure would leave running. */
  const running: (() => Promise<unknown>)[] = [];
  const read = (replica: Replica, series: string, cursor?: Uint8Array): Reading => {
    const reading = new Reading(betaAt(replica), cursor === undefined ? { series, from: 'beginning' } : { series, cursor });
    running.push(() => reading.stop());
    return reading;
  };
  const loop = (once: () => Promise<void>): Loop => {
    const started = new Loop(once);
    running.push(() => started.stop());
    return started;
  };

  beforeAll(async () => {
    if (engines === undefined) throw new Error('there are engines');
    site = new Site(engines);
    closing.push(() => site.remove());
    // At once, so that both make keys, collections and topics.
    [one, two] = await Promise.all([site.replica(), site.replica()]);
    community = await found(one.address, site.warning);
    closing.push(async () => community.close());
  }, 120_000);
  afterEach(async () => {
    for (const stop of running.splice(0)) await stop();
    one.gate.release();
    two.gate.release();
    for (const replica of [one, two]) await vi.waitFor(() => expect(replica.core.policy.confirmed()).toBe(true), SOON);
  }, 60_000);
  afterAll(async () => {
    for (const connection of connections.values()) connection.close();
    for (const close of closing.toReversed()) await close();
  }, 120_000);

  it('take each other for one node: who was let in by one is let in by the other, at once', async () => {
    const token = await alphaAt(one).accessToken();
    const elsewhere = connect({ address: two.address, credentials: { token } });
    expect((await elsewhere.hub.listConsents({ parent: 'agencies/alpha', pageSize: 0, pageToken: '' })).consents).toEqual([]);
    elsewhere.close();
    for (let i = 0; i < 5; i += 1) {
      const actor = await community.node.actor(community.node.agency('alpha'), `guest-${i}`, Role.ROLE_PUBLISHER);
      const guest = connect({ address: two.address, credentials: { token: actor.token } });
      expect((await guest.hub.listConsents({ parent: 'agencies/alpha', pageSize: 0, pageToken: '' })).consents).toEqual([]);
      guest.close();
    }
  });

  it('let in no more whom the other has suspended, from its answer on', async () => {
    const [gamma] = await community.node.enter({ id: 'gamma' });
    if (gamma === undefined) throw new Error('gamma did not enter');
    const desk = as(two, await community.node.actor(gamma, 'desk', Role.ROLE_PUBLISHER));
    const own = { parent: gamma.name, pageSize: 0, pageToken: '' };
    await desk.hub.listConsents(own);
    await as(one, community.node.operator).registry.suspendAgency({ name: gamma.name, expectedVersion: 0n, reason: 'to see that it counts' });
    await expect(desk.hub.listConsents(own)).rejects.toMatchObject({ reason: 'AGENCY_NOT_ACTIVE' });
    await as(two, community.node.operator).registry.resumeAgency({ name: gamma.name, expectedVersion: 0n });
    await desk.hub.listConsents(own);
    await community.node.actor(gamma, 'second', Role.ROLE_PUBLISHER);
  });

  it('let what one granted count for what the other publishes, also while the other is behind', async () => {
    const reading = read(one, 'granted');
    const published = [newUuid()];
    two.gate.hold();
    const { revision } = await grant(one, 'first');
    const first = { ...message('granted', update(0, 120, published[0])), seenRevision: revision };
    await expect(alphaAt(two).hub.publish(first)).rejects.toMatchObject({ reason: 'POLICY_UNCONFIRMED' });
    two.gate.release();
    await vi.waitFor(() => expect(two.core.policy.confirmed()).toBe(true), SOON);
    await alphaAt(two).hub.publish(first);
    await revoke(two, 'first');
    for (let i = 1; i <= 3; i += 1) {
      published.push(newUuid());
      const next = await grant(one, `further-${i}`);
      await alphaAt(two).hub.publish({ ...message('granted', update(i, 120, published[i])), seenRevision: next.revision });
      // Delivered under this permission: the next one is granted when there is none.
      await vi.waitFor(() => expect(reading.ids).toEqual(published), SOON);
      await revoke(two, `further-${i}`);
    }
  });

  it('find at one what the other has acknowledged a moment ago', async () => {
    await grant(one, 'reading');
    for (let i = 0; i < 20; i += 1) {
      const id = newUuid();
      const [publisher, reader] = i % 2 === 0 ? [one, two] : [two, one];
      await publish(publisher, 'read', id);
      const { archived } = await betaAt(reader).hub.getUpdate({ name: `agencies/alpha/series/read/updates/${id}`, purpose: Purpose.PURPOSE_PLANNING });
      expect(archived?.batch?.updates).toHaveLength(1);
    }
    await revoke(one, 'reading');
  });

  it('stop delivering what a revocation at the other has ended, from its answer on', async () => {
    await grant(two, 'ending');
    const reading = read(two, 'ended');
    const publishing = loop(() => publish(one, 'ended', newUuid()));
    await vi.waitFor(() => expect(reading.ids.length).toBeGreaterThan(3), SOON);
    const { cutOffs } = await revoke(one, 'ending');
    const atAnswer = reading.ids.length;
    await publishing.more(5);
    await systemClock.wait(1500);
    await publishing.stop();
    expect(reading.ids.length).toBe(atAnswer);
    expect(publishing.count).toBeGreaterThan(atAnswer);
    // The cut-off covers what was received: the replica that delivered it is not the one that answers.
    expect(cutOffs.map(({ recipient }) => recipient)).toEqual(['agencies/beta']);
    expect(cutOffs[0]?.mayHaveReceivedBefore.some(({ offset }) => offset > 0n)).toBe(true);
  });

  it('go silent within a second when the policy topics do not reach them, instead of delivering what was revoked elsewhere', async () => {
    await grant(one, 'holding');
    const reading = read(two, 'held');
    const publishing = loop(() => publish(one, 'held', newUuid()));
    await vi.waitFor(() => expect(reading.ids.length).toBeGreaterThan(3), SOON);
    two.gate.hold();
    const whenHeld = reading.ids.length;
    await vi.waitFor(() => expect(reading.ids.length).toBeGreaterThan(whenHeld), SOON);
    await revoke(one, 'holding');
    const atAnswer = reading.ids.length;
    // Nor what was published before, under a revision that this replica knows.
    const late = read(two, 'held');
    await publishing.more(5);
    await systemClock.wait(1500);
    expect(reading.ids.length).toBe(atAnswer);
    expect(late.ids).toEqual([]);
    expect(two.core.policy.confirmed()).toBe(false);
    two.gate.release();
    await vi.waitFor(() => expect(two.core.policy.confirmed()).toBe(true), SOON);
    await publishing.more(5);
    await systemClock.wait(500);
    expect(reading.ids.length).toBe(atAnswer);
    expect(late.ids).toEqual([]);
  });

  it('let a subscriber go on at the other where it was at the one, without a gap and with no more again than came behind its last mark', async () => {
    await grant(one, 'moving');
    const first = read(one, 'moved');
    const published: string[] = [];
    const publishing = loop(async () => {
      const ids = [newUuid(), newUuid(), newUuid()];
      await publish(published.length % 2 === 0 ? one : two, 'moved', ...ids);
      published.push(...ids);
    });
    await vi.waitFor(() => expect(first.ids.length).toBeGreaterThan(60), SOON);
    const cursor = await first.stop();
    expect(cursor).toBeDefined();
    const second = read(two, 'moved', cursor);
    await publishing.more(10);
    await publishing.stop();
    await vi.waitFor(() => expect(new Set([...first.ids, ...second.ids])).toEqual(new Set(published)), SOON);
    const marked = new Set(first.ids.filter((id) => !first.unmarked.includes(id)));
    expect(second.ids.filter((id) => marked.has(id))).toEqual([]);
    expect(new Set(second.ids).size).toBe(second.ids.length);
    await revoke(two, 'moving');
  });

  it('enter what a meeting adopted once, whichever of them is asked', async () => {
    const secretariat = community.alpha;
    const meeting = { name: '', version: 0n, title: 'Forum', meetingTime: new Date(), secretariat: '', group: '', handling: { ...handling, purposes: [Purpose.PURPOSE_PLANNING] } };
    await as(one, secretariat).followup.createMeeting({ meetingId: 'forum', meeting });
    const recommendations = Array.from({ length: 6 }, (_, n) => ({
      recommendationId: newUuid(),
      reference: `R${n}`,
      text: `Recommendation ${n}.`,
      themes: [Theme.THEME_RECEPTION],
      recommender: '',
      area: 'ITA',
      handling: undefined,
      dueTime: undefined,
      addressees: ['agencies/beta'],
      position: Position.POSITION_UNSPECIFIED,
      duplicateOf: '',
    }));
    const adopting = [one, two, one, two].map((replica) => as(replica, secretariat).followup.adoptRecommendations({ meeting: 'meetings/forum', recommendations, validateOnly: false }));
    for (const adopted of await Promise.all(adopting)) expect(adopted.recommendations.map(({ reference }) => reference).toSorted()).toEqual(recommendations.map(({ reference }) => reference));
    for (const replica of [one, two]) {
      const listed = await as(replica, secretariat).followup.listRecommendations({ filter: undefined, asOf: undefined, pageSize: 0, pageToken: '' });
      expect(listed.recommendations.map(({ reference }) => reference).toSorted()).toEqual(recommendations.map(({ reference }) => reference));
    }
  });

  it('raise each alert once, and tell of it at either', async () => {
    const { administrator, analyst, approver } = community.warning;
    await alphaAt(one).hub.grantConsent({ parent: 'agencies/alpha', consentId: 'to-warning', consent: consentTo(site.warning) });
    await grant(two, 'watched');
    await as(two, analyst).hub.grantConsent({ parent: `agencies/${site.warning}`, consentId: 'to-beta', consent: consentTo('beta') });
    await as(one, administrator).hub.openPartnerTopic({ parent: `agencies/${site.warning}`, purpose: Purpose.PURPOSE_EARLY_WARNING, filter: undefined });
    await as(two, analyst).alerts.createRule({ ruleId: 'surge', rule: SURGE });
    await as(one, analyst).alerts.backtestRule({ name: 'rules/surge', expectedVersion: 0n, start: undefined, end: undefined, events: [], toleranceSeconds: 0 });
    await as(two, approver).alerts.activateRule({ name: 'rules/surge', expectedVersion: 0n, evaluateHistory: false });
    const told = [one, two].map((replica) => alertsAt(betaAt(replica)));
    running.push(...told.map(({ stop }) => stop));
    // Each in a month of its own with one between, so that each begins an episode of its own.
    const months = Array.from({ length: 12 }, (_, i) => 2 * i);
    await Promise.all(months.map((month, i) => alphaAt(i % 2 === 0 ? one : two).hub.publish(message('watched', update(month, 900)))));
    for (const { names } of told) await vi.waitFor(() => expect(new Set(names()).size).toBe(months.length), SOON);
    for (const { names, stop } of told) {
      await stop();
      expect(names()).toHaveLength(months.length);
    }
    for (const replica of [one, two]) {
      const request = { filter: { topics: [], statuses: [] }, states: [], unacknowledged: false, pageSize: 100, pageToken: '' };
      expect((await betaAt(replica).alerts.listAlerts(request)).alerts).toHaveLength(months.length);
    }
  });

  it('go on one after the other while one of them is started anew: nothing is lost, no subscriber sees a gap', async () => {
    await grant(one, 'rolling');
    const staying = read(one, 'rolling');
    const moving = read(two, 'rolling');
    const published: string[] = [];
    let replicas = [one, two];
    const publishing = loop(async () => {
      const id = newUuid();
      // The same elsewhere when the outcome is not known: a repeat is the same update.
      for (let attempt = 0; !(await isPublished(publish(replicas[attempt % replicas.length] ?? one, 'rolling', id))); ) attempt += 1;
      published.push(id);
    });
    await publishing.more(20);
    replicas = [one];
    const [, cursor] = await Promise.all([two.stop(), moving.stop()]);
    await publishing.more(20);
    const three = await site.replica();
    const again = read(three, 'rolling', cursor);
    two = three;
    replicas = [three];
    await publishing.more(20);
    await publishing.stop();
    await vi.waitFor(() => expect(new Set(staying.ids)).toEqual(new Set(published)), SOON);
    expect(staying.ids).toHaveLength(published.length);
    await vi.waitFor(() => expect(new Set([...moving.ids, ...again.ids])).toEqual(new Set(published)), SOON);
    const marked = new Set(moving.ids.filter((id) => !moving.unmarked.includes(id)));
    expect(again.ids.filter((id) => marked.has(id))).toEqual([]);
    expect(new Set(again.ids).size).toBe(again.ids.length);
  });

  it('write one audit log, whose every leaf fits its record, and sign one history', async () => {
    const total = async (): Promise<number> => {
      const ends = await Promise.all(Object.values(TOPICS).map(({ name }) => one.core.ports.log.end(name)));
      return ends.flat().reduce((sum, end) => sum + end, 0);
    };
    const operators = [one, two].map((replica) => as(replica, community.node.operator));
    const checkpoints = async (): Promise<readonly Checkpoint[]> => Promise.all(operators.map((operator) => checkpointOf(operator)));
    await vi.waitFor(async () => {
      const expected = await total();
      for (const { size } of await checkpoints()) expect(size).toBe(expected);
    }, SOON);
    const [a, b] = await checkpoints();
    expect(Buffer.from(a?.root ?? []).toString('hex')).toBe(Buffer.from(b?.root ?? []).toString('hex'));
    for (const operator of operators) {
      let last;
      for await (const answer of operator.checkLog()) last = answer;
      expect(last).toMatchObject({ consistent: true, findings: [] });
      const newest = await checkpointOf(operator);
      const half = Math.floor(newest.size / 2);
      const { path } = await operator.audit.getConsistencyProof({ firstSize: BigInt(a?.size ?? half), secondSize: BigInt(newest.size) });
      if (a !== undefined && a.size < newest.size) expect(verifyConsistency({ size1: a.size, root1: a.root, size2: newest.size, root2: newest.root, path })).toBe(true);
    }
  });

  it('are well at the end, and have nothing to report but what was held back', () => {
    expect([one.unwell(), two.unwell()]).toEqual([undefined, undefined]);
    expect([...one.reports, ...two.reports].filter((line) => !/unreachable|waits/.test(line))).toEqual([]);
  });
});

/** Whether it was acknowledged; what is refused for good is thrown. */
async function isPublished(publishing: Promise<void>): Promise<boolean> {
  try {
    await publishing;
    return true;
  } catch (error) {
    if (error instanceof CorridorError && (error.code === 'UNAVAILABLE' || error.code === 'DEADLINE_EXCEEDED')) return false;
    throw error;
  }
}

/** Something that is done again and again until it is stopped. */
class Loop {
  count = 0;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(once: () => Promise<void>) {
    this.#done = this.#run(once);
    this.#done.catch(() => undefined);
  }

  /** Waits until it was done so many times more. */
  async more(times: number): Promise<void> {
    const from = this.count;
    await vi.waitFor(() => expect(this.count).toBeGreaterThan(from + times), SOON);
  }

  /** @throws what it ended with */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(once: () => Promise<void>): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await once();
      this.count += 1;
      await systemClock.wait(10, this.#stop.signal).catch(() => undefined);
    }
  }
}

async function checkpointOf(operator: Corridor): Promise<Checkpoint> {
  const { note, verifier } = await operator.audit.getCheckpoint({ newest: true });
  const opened = openCheckpoint(note, [parseVerifierKey(verifier)]);
  if (!opened.ok) throw new Error(opened.reason);
  return opened.checkpoint;
}

/** The names of the alerts that a reader is told were raised, in the order of their arrival. */
function alertsAt(corridor: Corridor): { names(): readonly string[]; stop(): Promise<void> } {
  const stop = new AbortController();
  const names: string[] = [];
  const done = (async () => {
    for await (const { cause, alert } of corridor.subscribeAlerts({ from: 'beginning', signal: stop.signal })) if (cause === 'alert.raised') names.push(alert?.name ?? '');
  })();
  return {
    names: () => names,
    stop: async () => {
      stop.abort();
      await done;
    },
  };
}

const SURGE: Rule = {
  ...Rule.fromPartial({}),
  title: 'Many arrivals',
  observations: { ...ObservationFilter.fromPartial({}), series: ['agencies/alpha/series/watched'], measure: Measure.MEASURE_ARRIVALS, granularity: Granularity.GRANULARITY_MONTH },
  detector: { $case: 'threshold', value: { value: 800n, direction: Direction.DIRECTION_ABOVE, consecutivePeriods: 1 } },
  severities: [{ atLeast: 0, severity: Severity.SEVERITY_MODERATE }],
  hazard: 'displacement',
  event: 'Arrivals',
  expiresAfterSeconds: 86_400,
  handling,
  status: CapStatus.CAP_STATUS_ACTUAL,
};
