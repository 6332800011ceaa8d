import type { Corridor } from '@corridor/client';
import { CorridorError, type Clock, systemClock } from '@corridor/kernel';
import { actorName } from '@corridor/standalone/scenario/cast';
import { unlessThere } from '@corridor/standalone/scenario/steps';
import { SeenCheckpoints } from '@corridor/test-e2e/checkpoints';
import { persistently } from '@corridor/test-e2e/persistently';
import { OWNER, PAUSED, PUBLISHER, REVOKED, SEATS, type Parties } from './cast.ts';
import { Ledger } from './ledger.ts';
import { publishSteadily } from './load.ts';
import { Probe } from './probe.ts';
import { Reader } from './reader.ts';
import type { Site } from './site.ts';

/** Between two messages of a publisher, ms. */
const PACE_MS = 100;
/** So many versions each publisher sends at most. */
const MOST = 1000;
/** So many are acknowledged before a fault, and again once it is over and the revocation answered. */
const BEFORE = 50;
const AFTER = 50;
/** How long what is awaited may take, ms. */
const PATIENCE_MS = 120_000;
/** The one who is made to stop reading reads ahead no further, bytes. */
const AHEAD_BYTES = 16 * 1024;
/** Between two changes of the registry, ms. */
const CHANGE_MS = 500;

/** What a fault may do to a run beside what it does to the site. */
export interface Under {
  readonly parties: Parties;
  /** The subscriber that can be made to stop reading. */
  readonly paused: Reader;
  /** Resolves when so many more are acknowledged. */
  acknowledged(more: number): Promise<void>;
}

export interface RunOptions {
  readonly site: Site;
  readonly parties: Parties;
  /** Of the run, unique on this site: lower-case letters, digits and `-`. */
  readonly id: string;
  /** Ends something and begins it again; resolves when it is there again. */
  readonly inflict: (under: Under) => Promise<void>;
}

/** A run that is over: everything it sent was settled, everybody has left. */
export interface Run {
  readonly id: string;
  readonly series: readonly string[];
  readonly ledger: Ledger;
  readonly probe: Probe;
  readonly readers: readonly Reader[];
  readonly checkpoints: SeenCheckpoints;
  /** When the revocation was answered, ms. */
  readonly revokedAt: number;
  /** Groups whose creation was answered. */
  readonly groups: readonly string[];
  /** How long the fault lasted, ms. */
  readonly faultMs: number;
  /** What did not go as it has to; empty when all did. */
  readonly faults: readonly string[];
}

/**
 * Loads a site, inflicts a fault on it while a consent is revoked, loads it on, and waits until what was acknowledged has
 * arrived, or has had the time to.
 */
export async function runUnder({ site, parties, id, inflict }: RunOptions): Promise<Run> {
  const clock = systemClock;
  const series = ['first', 'second', 'probe'].map((name) => `${OWNER}/series/${id}-${name}`);
  const [first = '', second = '', probed = ''] = series;
  const ledger = new Ledger();
  const consent = `forum-${id}`;
  await parties.grant(consent);
  const open = (seat: (typeof SEATS)[number], maxBytesAhead?: number): Reader =>
    new Reader({ corridor: parties.connect(seat.actor), seat, series, clock, ...(maxBytesAhead === undefined ? {} : { maxBytesAhead }) });
  const paused = open(PAUSED, AHEAD_BYTES);
  const readers = [...SEATS.map((seat) => open(seat)), paused];
  const checkpoints = new SeenCheckpoints(parties.connect(PUBLISHER));
  const probe = new Probe({ corridor: parties.connect(PUBLISHER), series: probed, ledger, clock });
  const groups: string[] = [];
  const stop = new AbortController();
  const left = new AbortController();
  const faults: string[] = [];
  const began = clock.now();
  const say = (what: string): void => console.log(`${id} ${((clock.now() - began) / 1000).toFixed(1)} s: ${what}; ${ledger.count} of ${ledger.sent.length} acknowledged`);
  try {
    for (const reader of readers) reader.start();
    await until(() => readers.every(({ stands }) => stands), 'every subscriber stands', clock);
    say('all subscribers stand');
    const publish = (name: string): Promise<void> =>
      publishSteadily({ corridor: parties.connect(PUBLISHER), series: name, ledger, clock, every: PACE_MS, most: MOST }, stop.signal);
    const load = [
      publish(first).catch((error: unknown) => void faults.push(`the first publisher ended: ${told(error)}`)),
      publish(second).catch((error: unknown) => void faults.push(`the second publisher ended: ${told(error)}`)),
      probe.run(stop.signal),
      administer(parties.company.as(actorName('refugee-agency', 'admin-1')), id, groups, clock, stop.signal),
    ];
    const auditing = checkpoints.watch(left.signal);
    const acknowledged = (more: number): Promise<void> => {
      const wanted = ledger.count + more;
      return until(() => ledger.count >= wanted, `${wanted} acknowledgements`, clock);
    };
    let revokedAt = 0;
    let faultMs = 0;
    try {
      await acknowledged(BEFORE);
      say('the fault begins');
      const inflictedAt = clock.now();
      const revoking = parties.revoke(consent).then(() => void (revokedAt = clock.now()));
      await inflict({ parties, paused, acknowledged });
      faultMs = clock.now() - inflictedAt;
      say('the fault is over');
      await revoking;
      say('the revocation is answered');
      await acknowledged(AFTER);
    } catch (error) {
      faults.push(told(error));
    } finally {
      stop.abort();
    }
    await Promise.all(load);
    say('publishing has ended');
    paused.resume();
    const arrived = (): boolean => readers.every(({ seat, received }) => seat.sees === 'nothing' || seat === REVOKED || ledger.settled.every(({ key }) => received.has(key)));
    await until(arrived, 'everything has arrived', clock).catch(() => undefined);
    say('delivered, or late');
    for (const { seat, failure } of readers) if (failure !== undefined) faults.push(`${seat.name} ended: ${told(failure)}`);
    await Promise.all(readers.map((reader) => reader.stop()));
    left.abort();
    await auditing;
    return { id, series, ledger, probe, readers, checkpoints, revokedAt, groups, faultMs, faults: [...faults, ...probe.faults, ...site.unasked()] };
  } finally {
    stop.abort();
    left.abort();
    await Promise.all(readers.map((reader) => reader.stop()));
  }
}

/** Changes the registry now and then, until it is told to stop. */
async function administer(owner: Corridor, id: string, groups: string[], clock: Clock, stop: AbortSignal): Promise<void> {
  for (let n = 1; !stop.aborted; n += 1) {
    const groupId = `${id}-${n}`;
    await persistently(() => unlessThere(() => owner.registry.createGroup({ groupId, displayName: groupId }), 'ALREADY_EXISTS'));
    groups.push(`groups/${groupId}`);
    await clock.wait(CHANGE_MS, stop).catch(() => undefined);
  }
}

const told = (error: unknown): string => {
  const { reason, message } = CorridorError.from(error);
  return reason === 'INTERNAL' && error instanceof Error ? error.message : `${reason}: ${message}`;
};

/** Waits for a condition. @throws Error that says what did not come */
async function until(holds: () => boolean, what: string, clock: Clock, limitMs = PATIENCE_MS): Promise<void> {
  for (const late = clock.now() + limitMs; !holds(); ) {
    if (clock.now() > late) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    await clock.wait(50);
  }
}
