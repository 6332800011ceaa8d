import type { Hub, NodeAddress } from '@corridor/client';
import { movementUpdateId, type MovementMeaning } from '@corridor/client/import-movements';
import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { AccessKind } from '@corridor/contracts/hub/v1/hub';
import { Measure, Population, Quality } from '@corridor/contracts/hub/v1/updates';
import { agencyId, seriesId, systemClock } from '@corridor/kernel';
import { openGazetteer } from '@corridor/places';
import { agree } from '../agree.ts';
import type { Cast } from '../cast.ts';
import { Company } from '../company.ts';
import { enter } from '../enter.ts';
import { secretsIn } from '../secrets.ts';
import { countsOf } from './alarms.ts';
import { actorOf, CAST, HANDLING, OWNER, REVOKED_CONSENT, SERIES, TERMS } from './cast.ts';
import { behindFirewall, compare, exact, masked, type Verdict } from './checks.ts';
import { type Detections, placeOf, readDetections, tableKey } from './detections.ts';
import { importWithRevocation, type RevokedImport } from './import.ts';
import { proveDelivery } from './proof.ts';
import { Recipient } from './recipient.ts';
import { followupCast, readRecommendations, recommend } from './recommendations.ts';
import { openWarning, warn } from './warning.ts';

export interface DemonstrationOptions {
  readonly node: NodeAddress;
  readonly bootstrapSecret: string;
  /** For secrets and evidence. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
}

/** The route that the rules watch, as the file names it. */
const ROUTE_IN_FILE = 'Eastern Mediterranean Route';
const NO_RECOMMENDATIONS = { lines: ['the file of recommendations is not there, so none are entered'], faults: [] };
/** For how long the demonstration waits for what must arrive, in milliseconds. */
const PATIENCE_MS = 120_000;

const MEANING: MovementMeaning = {
  owner: agencyId(OWNER),
  series: seriesId(SERIES),
  handling: HANDLING,
  measure: Measure.MEASURE_DETECTIONS,
  population: Population.POPULATION_MIXED,
  quality: Quality.QUALITY_OBSERVED,
  maskThreshold: 0,
  placeOf,
};
const { PURPOSE_PLANNING: PLANNING, PURPOSE_ASSISTANCE: ASSISTANCE } = Purpose;

/** Publishes the file to five partners and checks what each receives. @returns how many faults were found */
export async function demonstrate({ node, bootstrapSecret, folder, env, say }: DemonstrationOptions): Promise<number> {
  const file = await readDetections(env);
  say(`${file.movements.rows} rows, ${file.movements.groups.length} tables, ${file.persons} persons: ${file.source}`);
  const recommendations = await readRecommendations(env);
  const cast: Cast = recommendations === undefined ? CAST : { agencies: [...CAST.agencies, ...followupCast(recommendations)] };
  const secrets = secretsIn(folder, cast);
  const company = new Company(node, secrets.actors);
  try {
    await enter(cast, company, bootstrapSecret, secrets.signingKeys);
    await agree(cast, TERMS, company, secrets.signingKeys);
    await openWarning(company);
    const published = await publishAndCheck(company, file, folder, say);
    const warned = await warn(company, countsOf(file, ROUTE_IN_FILE, 'sea'), AbortSignal.timeout(PATIENCE_MS));
    say(`rules on sea detections on the ${ROUTE_IN_FILE}:`);
    const followedUp = recommendations === undefined ? NO_RECOMMENDATIONS : await recommend(company, recommendations);
    for (const line of [...warned.lines, ...followedUp.lines]) say(line);
    const faults = [...warned.faults, ...followedUp.faults];
    for (const fault of faults) say(`  FAULT ${fault}`);
    return published + faults.length;
  } finally {
    company.close();
  }
}

async function publishAndCheck(company: Company, file: Detections, folder: string, say: (line: string) => void): Promise<number> {
  const recipient = (agency: string, purpose: Purpose): Recipient => new Recipient(agency, company.as(actorOf(agency)), purpose);
  const office = recipient('statistics-office', PLANNING);
  const relief = recipient('relief-agency', ASSISTANCE);
  const homeland = recipient('homeland-authority', PLANNING);
  const passing = recipient('passing-mission', PLANNING);
  const stranger = recipient('stranger', PLANNING);
  const owner = company.as(actorOf(OWNER));
  const began = Date.now();
  const publisher = owner.publisher();
  const consent = `agencies/${OWNER}/consents/${REVOKED_CONSENT}`;
  const late = AbortSignal.timeout(PATIENCE_MS);
  const imported = await importWithRevocation(file.movements, MEANING, publisher, async () => {
    await passing.until(() => passing.arrived.size > 0, late);
    await owner.hub.revokeConsent({ name: consent, expectedVersion: 0n });
  });
  await publisher.close();

  const tables = new Map(file.movements.groups.map((group) => [nameOf(group), file.cells.get(tableKey(group.month, group.route, group.mode)) ?? new Map<string, number>()]));
  const last = file.movements.groups.at(-1);
  const lastName = last === undefined ? '' : nameOf(last);
  for (const one of [office, relief]) await one.until(() => one.arrived.size >= tables.size, late);
  await homeland.until(() => homeland.arrived.has(lastName), late);
  const all = [office, relief, homeland, passing, stranger];
  const delivered = all.reduce((sum, one) => sum + one.arrived.size, 0);
  const lastAt = Math.max(...all.flatMap((one) => [...one.arrived.values()].map(({ at }) => at)));
  const reasons = await refusal(owner.hub, stranger.agency, late);
  await office.until(() => office.receipts.length > 0, late);
  await proveDelivery(office, company.as(actorOf(office.agency)), folder);
  for (const one of all) await one.stop();

  const isNationality = (key: string): boolean => openGazetteer().isNationality(key);
  const findings: readonly Finding[] = [
    ['statistics-office, masked', compare(office.arrived, tables, masked)],
    ['relief-agency, exact for assistance', withTotal(compare(relief.arrived, tables, exact), file.persons)],
    ['homeland-authority (SYR), behind the firewall', compare(homeland.arrived, tables, behindFirewall('SYR', isNationality))],
    ['passing-mission, revoked half-way, nothing after', revokedVerdict(compare(passing.arrived, tables, masked), passing, imported)],
    [`stranger, refused (${reasons.join(', ')})`, nothing(compare(stranger.arrived, tables, masked))],
  ];
  tell(findings, imported, delivered, (lastAt - began) / 1000, say);
  return findings.reduce((sum, [, { faults }]) => sum + faults.length, 0) + imported.outcome.refused.length;
}

/** The reason codes for which an agency was refused, as soon as the owner's access log tells them. */
async function refusal(hub: Hub, agency: string, late: AbortSignal): Promise<readonly string[]> {
  for (;;) {
    const { entries } = await hub.listAccess({ parent: `agencies/${OWNER}`, pageSize: 1000, pageToken: '' });
    const found = entries.find(({ kind, recipient }) => kind === AccessKind.ACCESS_KIND_REFUSAL && recipient === `agencies/${agency}`);
    if (found !== undefined) return found.reasons;
    await systemClock.wait(50, late);
  }
}

type Finding = readonly [who: string, verdict: Verdict];

const nameOf = (group: Parameters<typeof movementUpdateId>[2]): string =>
  `agencies/${OWNER}/series/${SERIES}/updates/${movementUpdateId(agencyId(OWNER), seriesId(SERIES), group)}`;

const withFault = (verdict: Verdict, fault: string | undefined): Verdict => (fault === undefined ? verdict : { ...verdict, faults: [...verdict.faults, fault] });

const withTotal = (verdict: Verdict, persons: number): Verdict =>
  withFault(verdict, verdict.persons === persons ? undefined : `shows ${verdict.persons} persons of ${persons}`);

const nothing = (verdict: Verdict): Verdict => withFault(verdict, verdict.updates === 0 ? undefined : 'received something');

/** Something before the revocation, and nothing of what was published from its answer on. */
function revokedVerdict(verdict: Verdict, { arrived }: Recipient, { afterAnswer }: RevokedImport): Verdict {
  const after = [...arrived.keys()].filter((name) => afterAnswer.has(name.slice(name.lastIndexOf('/') + 1)));
  const told = withFault(verdict, after.length === 0 ? undefined : `received ${after.length} updates published after the revocation was answered`);
  return withFault(told, verdict.updates > 0 && afterAnswer.size > 0 ? undefined : 'received nothing before, or nothing was published after: this proves nothing');
}

function tell(findings: readonly Finding[], { outcome, afterAnswer, seconds, held }: RevokedImport, delivered: number, deliverySeconds: number, say: (line: string) => void): void {
  const perSecond = (count: number, time: number): string => Math.round(count / time).toString();
  say(`published ${outcome.published} updates in ${seconds.toFixed(1)} s, ${held.toFixed(1)} s of them waiting for the revocation: ${perSecond(outcome.published, seconds - held)} updates/s`);
  say(`delivered ${delivered} updates in ${deliverySeconds.toFixed(1)} s: ${perSecond(delivered, deliverySeconds)} updates/s, that wait included`);
  const width = Math.max(...findings.map(([who]) => who.length));
  for (const [who, { updates, rows, persons, withheld, faults }] of findings) {
    say(`  ${who.padEnd(width)}  ${String(updates).padStart(5)} updates  ${String(rows).padStart(6)} rows  ${String(persons).padStart(9)} persons  ${String(withheld).padStart(5)} withheld  ${faults.length === 0 ? 'correct' : `${faults.length} FAULTS`}`);
    for (const fault of faults.slice(0, 5)) say(`    ${fault}`);
  }
  say(`${afterAnswer.size} updates were published after the revocation was answered`);
  say("one delivery to statistics-office was proved offline by 'corridor audit verify'");
}
