import { makeEvidence, RECORD_TOPIC, verifyReceipt } from '@corridor/client';
import { CountState, type Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { TotalBasis, type UpdateView, ViewForm } from '@corridor/contracts/hub/v1/updates';
import { CorridorError, systemClock } from '@corridor/kernel';
import { leafHash, openCheckpoint, parseVerifierKey, verifyInclusion } from '@corridor/merkle';
import { TOPICS } from '@corridor/runtime';
import { persistently } from '@corridor/test-e2e/persistently';
import { versionKey } from '@corridor/test-e2e/received';
import { EXACT, OWN_NATIONALS, OWNER, PUBLISHER, REFUSED, REVOKED, TOPIC_READER, type Parties, type Seat } from './cast.ts';
import type { Ledger, Sent } from './ledger.ts';
import { LARGEST } from './reports.ts';
import { isSame, type Reader, type Shown } from './reader.ts';
import type { Run } from './run.ts';
import type { Site } from './site.ts';

/** Positive counts below it are small. */
const SMALL = 10n;
/** What may come again after a reconnection: what was delivered within 200 ms, or in one batch, before it broke. */
const MOST_REPEATS = 512;
/** What was on its way to somebody when its revocation was answered arrives within so much, ms. */
const ON_ITS_WAY_MS = 500;
/** So many records are proved to be in the audit log, evenly over the run. */
const PROOFS = 24;
const RECEIPTS = 3;
const PAGE = 1000;
/** How long the audit log may take to hold everything, ms. */
const AUDITED_MS = 60_000;

/** Something that does not add up, and the ids it is about. */
export interface Finding {
  readonly what: string;
  readonly ids: readonly string[];
}

/** What comes of comparing who published, received and recorded what. */
export interface Reckoning {
  /** Empty when everything adds up. */
  readonly findings: readonly Finding[];
  /** Leaves of the audit log at the end. */
  readonly auditSize: number;
}

/** Compares everything: acknowledged = archived = delivered to each entitled subscriber = in the audit log. */
export async function reckon(run: Run, site: Site, parties: Parties): Promise<Reckoning> {
  const { ledger, readers, series } = run;
  const archived = await timed(run, 'listing', listed(parties, EXACT, series));
  const others = await timed(run, 'listing by others', Promise.all([REFUSED, REVOKED].map(async (seat) => ({ what: `listed by ${seat.name}`, ids: [...(await listed(parties, seat, series.slice(0, 1))).keys()] }))));
  const topic = await timed(run, "reading the partner's topic", inPartnerTopic(run, site));
  const groups = await timed(run, 'looking for groups', missingGroups(run, parties));
  const evidence = await timed(run, 'checking evidence', unproved(run, parties));
  const audit = await timed(run, 'auditing', audited(run, site, parties));
  const findings: readonly Finding[] = [
    ...run.faults.map((what) => ({ what, ids: [] })),
    ...readers.flatMap((reader) => delivered(reader, ledger)),
    ...notForOthers(run),
    ...others,
    ...inArchive(archived, ledger, readers),
    ...topic,
    { what: 'groups that are not there', ids: groups },
    { what: 'evidence that proves nothing', ids: evidence },
    ...audit.findings,
  ];
  return { findings: findings.filter(({ what, ids }) => ids.length > 0 || run.faults.includes(what)), auditSize: audit.size };
}

/** Tells how long a part of it took. */
async function timed<T>({ id }: Run, what: string, part: Promise<T>): Promise<T> {
  const began = systemClock.now();
  const result = await part;
  console.log(`${id}: ${what} took ${((systemClock.now() - began) / 1000).toFixed(1)} s`);
  return result;
}

/** Each entitled subscriber: all that was acknowledged, nothing that was not sent, each as it may see it. */
function delivered({ seat, received, shown, differing, windows }: Reader, ledger: Ledger): readonly Finding[] {
  const who = (what: string, ids: readonly string[]): Finding => ({ what: `${seat.name}: ${what}`, ids });
  const keys = [...received.times.keys()];
  const entitled = seat.sees === 'exact' || seat.sees === 'masked' || seat.sees === 'without own nationals';
  const tooOften = [...received.times].filter(([, times]) => times > Math.max(1, windows)).map(([key]) => key);
  return [
    who('lost', entitled ? ledger.settled.filter(({ key }) => !received.has(key)).map(({ key }) => key) : []),
    who('never sent', keys.filter((key) => ledger.get(key) === undefined)),
    who('again though a mark behind it had come', received.goneBack),
    who('more often than its stream was opened', tooOften),
    who('more again than a reconnection explains', received.repeats > MOST_REPEATS * Math.max(0, windows - 1) ? [`${received.repeats} over ${windows} windows`] : []),
    who('shown in two ways', differing),
    who('not as it may be seen', [...shown].flatMap(([key, view]) => faultOf(seat, view, ledger.get(key))?.concat(` ${key}`) ?? [])),
  ];
}

/** What is wrong with a view; undefined when nothing is. */
function faultOf({ sees }: Seat, { batch, update }: Shown, sent: Sent | undefined): string | undefined {
  if (sent === undefined || sees === 'until revoked' || sees === 'nothing') return undefined;
  if (update.content?.$case !== 'movement') return 'no table';
  const { rows } = update.content.value;
  const shown = new Map(rows.flatMap(({ key, count }) => (count?.state === CountState.COUNT_STATE_KNOWN ? [[key, count.value] as const] : [])));
  if (sees === 'exact') {
    const whole = batch.form === ViewForm.VIEW_FORM_EXACT && shown.size === sent.counts.size && [...sent.counts].every(([key, count]) => shown.get(key) === BigInt(count));
    return whole ? undefined : 'not as published';
  }
  if (batch.form !== ViewForm.VIEW_FORM_MASKED) return 'not masked';
  if ([...shown].some(([key, count]) => sent.counts.has(key) && count !== BigInt(sent.counts.get(key) ?? 0))) return 'another count';
  if ([...shown.values()].some((count) => count > 0n && count < SMALL)) return 'a small count';
  if (!shown.has(LARGEST)) return 'a large count is missing';
  return sees === 'without own nationals' ? ownNationalsIn(batch.ownNationalsNeverIncluded, update, rows.map(({ key }) => key)) : undefined;
}

function ownNationalsIn(said: boolean, update: UpdateView, keys: readonly string[]): string | undefined {
  if (keys.includes(OWN_NATIONALS)) return 'own nationals';
  if (update.totalBasis === TotalBasis.TOTAL_BASIS_ALL) return 'a total with own nationals';
  return said ? undefined : 'does not say that own nationals are never included';
}

/** Who may see nothing saw nothing; who was revoked, nothing from then on. */
function notForOthers({ readers, ledger, revokedAt }: Run): readonly Finding[] {
  return readers.flatMap(({ seat, received, lastAt }): readonly Finding[] => {
    if (seat === REFUSED) return [{ what: 'refused, and received', ids: [...received.times.keys()] }];
    if (seat !== REVOKED) return [];
    const late = [...received.times.keys()].filter((key) => (ledger.get(key)?.sentAt ?? 0) > revokedAt);
    return [
      { what: 'published after the answer of the revocation, and received', ids: late },
      { what: 'received after the answer of the revocation', ids: lastAt > revokedAt + ON_ITS_WAY_MS ? [`${lastAt - revokedAt} ms after it`] : [] },
      { what: 'before its revocation it received', ids: received.times.size === 0 ? ['nothing'] : [] },
    ];
  });
}

/** The archive as an agency may list it: name -> version and view. */
async function listed(parties: Parties, { actor, purpose }: { readonly actor: string; readonly purpose: Purpose }, series: readonly string[]): Promise<ReadonlyMap<string, readonly UpdateView[]>> {
  const { hub } = parties.company.as(actor);
  const found = new Map<string, readonly UpdateView[]>();
  for (const one of series) {
    const filter = { owners: [], series: [one], categories: [], areas: [] };
    for (let pageToken = '', more = true; more; more = pageToken !== '') {
      const page = await persistently(() => hub.listUpdates({ purpose, filter, pageSize: PAGE, pageToken }));
      for (const update of page.batches.flatMap(({ batch }) => batch?.updates ?? [])) found.set(update.name, [...(found.get(update.name) ?? []), update]);
      pageToken = page.nextPageToken;
    }
  }
  return found;
}

/** Each report once, in its newest acknowledged version, as it was delivered. */
function inArchive(archived: ReadonlyMap<string, readonly UpdateView[]>, ledger: Ledger, readers: readonly Reader[]): readonly Finding[] {
  const newest = new Map(ledger.settled.map(({ key }) => [key.slice(0, key.lastIndexOf('@')), Number(key.slice(key.lastIndexOf('@') + 1))]));
  const views = [...archived.values()].flat();
  const reader = readers.find(({ seat }) => seat === EXACT);
  return [
    { what: 'acknowledged, and not archived once in its newest version', ids: [...newest].filter(([name, version]) => archived.get(name)?.length !== 1 || archived.get(name)?.[0]?.version !== version).map(([name]) => name) },
    { what: 'archived, and never sent', ids: views.map(versionKey).filter((key) => ledger.get(key) === undefined) },
    {
      what: 'archived otherwise than delivered',
      ids: views.flatMap((view) => {
        const update = reader?.shown.get(versionKey(view))?.update;
        return update === undefined || isSame(update, view) ? [] : [versionKey(view)];
      }),
    },
  ];
}

/** The topic of a partner: all that was acknowledged, each in records of one id. */
async function inPartnerTopic({ ledger, series }: Run, site: Site): Promise<readonly Finding[]> {
  const wanted = ledger.settled.map(({ key }) => key);
  const found = await site.inPartnerTopic(TOPIC_READER, series, wanted);
  if (found === undefined) return [];
  return [
    { what: "not in the partner's topic", ids: wanted.filter((key) => !found.has(key)) },
    { what: "in the partner's topic, and never sent", ids: [...found.keys()].filter((key) => ledger.get(key) === undefined) },
    { what: "in the partner's topic under several ids", ids: [...found].filter(([, ids]) => ids.size > 1).map(([key]) => key) },
  ];
}

async function missingGroups({ groups }: Run, parties: Parties): Promise<readonly string[]> {
  const { registry } = parties.company.as(PUBLISHER);
  const missing: string[] = [];
  for (const name of groups) {
    await persistently(() => registry.getGroup({ name })).catch((error: unknown) => {
      if (CorridorError.from(error).reason !== 'NOT_FOUND') throw error;
      missing.push(name);
    });
  }
  return missing;
}

/** Deliveries whose evidence, checked offline, does not prove them. */
async function unproved({ readers }: Run, parties: Parties): Promise<readonly string[]> {
  const unproved: string[] = [];
  for (const { seat, proved } of readers) {
    const { audit } = parties.company.as(seat.actor);
    for (const { receipt, delivery } of proved.slice(-RECEIPTS)) {
      const proof = await persistently(() => audit.getInclusionProof({ topic: RECORD_TOPIC, position: receipt.position }));
      const { verifier } = await persistently(() => audit.getCheckpoint({ newest: false }));
      const { verdict, proved: of } = verifyReceipt(makeEvidence({ index: delivery.index, ...delivery.raw }, receipt, proof), [verifier]);
      if (verdict !== 'proved' || of === undefined || !seat.actor.startsWith(`${of.recipient}/`)) unproved.push(`${seat.name} ${receipt.windowId}: ${verdict}`);
    }
  }
  return unproved;
}

/** The audit log: everything is in it, and it extends what was seen of it. */
async function audited({ ledger, checkpoints }: Run, site: Site, parties: Parties): Promise<{ readonly findings: readonly Finding[]; readonly size: number }> {
  const { leaves, records } = await grown(site, parties);
  const proofs = await withoutLeaf(spread(ledger.settled, PROOFS), parties);
  await checkpoints.look();
  return {
    size: leaves,
    findings: [
      { what: 'records without a leaf', ids: records === undefined || leaves === records ? [] : [`${records} records, ${leaves} leaves`] },
      { what: 'acknowledged, and not proved to be in the audit log', ids: proofs },
      { what: 'checkpoints', ids: await checkpoints.faults() },
      // Where nobody outside can count the records, the node does.
      { what: 'the check of the log', ids: records === undefined ? await checkOfLog(parties) : [] },
    ],
  };
}

/** What the node finds when it compares its records with the audit log. */
async function checkOfLog({ operator }: Parties): Promise<readonly string[]> {
  let isConsistent = false;
  const found: string[] = [];
  for await (const { consistent, findings } of operator.checkLog()) {
    isConsistent = consistent;
    found.push(...findings);
  }
  return isConsistent ? [] : [...found, 'it did not end as consistent'];
}

/** Leaves of the newest checkpoint once there is one for every record, or at the end of patience. */
async function grown(site: Site, parties: Parties): Promise<{ readonly leaves: number; readonly records: number | undefined }> {
  for (const late = systemClock.now() + AUDITED_MS; ; await systemClock.wait(500)) {
    const records = await site.records();
    const { note, verifier } = await persistently(() => parties.operator.audit.getCheckpoint({ newest: true }));
    const opened = openCheckpoint(note, [parseVerifierKey(verifier)]);
    const leaves = opened.ok ? opened.checkpoint.size : 0;
    if (records === undefined || leaves === records || systemClock.now() > late) return { leaves, records };
  }
}

/** Records of updates that the audit service does not prove, checked offline. */
async function withoutLeaf(sample: readonly Sent[], parties: Parties): Promise<readonly string[]> {
  const { audit } = parties.company.as(PUBLISHER);
  const missing: string[] = [];
  for (const { key, position } of sample) {
    const { envelope, leafIndex, path, checkpoint } = await persistently(() => audit.getInclusionProof({ topic: TOPICS.updates.name, position }));
    const { verifier } = await persistently(() => audit.getCheckpoint({ newest: false }));
    const opened = openCheckpoint(checkpoint, [parseVerifierKey(verifier)]);
    const fits = opened.ok && verifyInclusion({ leafHash: leafHash(envelope), index: Number(leafIndex), size: opened.checkpoint.size, root: opened.checkpoint.root, path });
    if (!fits) missing.push(key);
  }
  return missing;
}

/** So many of them, from the first to the last. */
function spread<T>(values: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, (values.length - 1) / (most - 1));
  return values.filter((_, i) => i === values.length - 1 || i % Math.ceil(step) === 0);
}

/** Findings as lines to print: what, how many, and the first ids. */
export const linesOf = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ what, ids }) => (ids.length === 0 ? what : `${what} (${ids.length}): ${ids.slice(0, 10).join(', ')}${ids.length > 10 ? ', ...' : ''}`).replaceAll(`${OWNER}/series/`, ''));
