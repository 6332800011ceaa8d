import type { HubServiceService, PlaceEntry } from '@corridor/contracts/hub/v1/hub';
import { type AgencyId, CorridorError } from '@corridor/kernel';
import type { Gazetteer } from '@corridor/places';
import type { ActorRef } from '@corridor/policy';
import {
  agencyName,
  allow,
  allowWhileInactive,
  expectedVersionFrom,
  offsetsTo,
  paged,
  parseAgencyName,
  parseConsentName,
  parsePartnerTopicResource,
  parseRecipient,
  parseSeriesName,
  parseSlug,
  parseUpdateName,
  required,
  revisionTo,
  timestampFrom,
  wire,
  type Caller,
  type Listed,
  type Methods,
  type NodeAead,
} from '@corridor/runtime';
import { acknowledgeDelivery } from '../application/acknowledge-delivery.ts';
import { closePartnerTopic } from '../application/close-partner-topic.ts';
import { getConsent, listConsents, type ConsentDependencies } from '../application/consents.ts';
import { eraseSeries, type DestroyDependencies } from '../application/destroy-keys.ts';
import { getUpdate, type ArchivedView } from '../application/get-update.ts';
import { grantConsent } from '../application/grant-consent.ts';
import { issuePartnerTopicCredential } from '../application/issue-partner-topic-credential.ts';
import { listUpdates, type ListDependencies } from '../application/list-updates.ts';
import { openPartnerTopic } from '../application/open-partner-topic.ts';
import { getPartnerTopic, type PartnerTopicDependencies } from '../application/partner-topics.ts';
import { previewUpdates, type PreviewDependencies } from '../application/preview-updates.ts';
import { publishUpdates, type PublishDependencies } from '../application/publish-updates.ts';
import type { HubRecordBook } from '../application/record-book.ts';
import { revokeConsent, type CutOffs } from '../application/revoke-consent.ts';
import { subscribe, type SubscribeDependencies } from '../application/subscribe.ts';
import { filterKey } from '../domain/filter.ts';
import type { AccessLog } from '../projections/access-log.ts';
import { consentTo } from './consents.ts';
import { outletTo } from './outlet.ts';
import { partnerTopicTo } from './partner-topics.ts';
import { publishStream } from './publish-stream.ts';
import { receiptsTo } from './receipts.ts';
import { filterFrom, publishCommand, subscribeCommand } from './requests.ts';
import { encodeView, viewBatchTo } from './updates-to-wire.ts';

/** Everything the RPCs of the hub stand on. */
export interface HubDependencies
  extends PublishDependencies,
    SubscribeDependencies,
    ListDependencies,
    PreviewDependencies,
    ConsentDependencies,
    PartnerTopicDependencies,
    DestroyDependencies {
  readonly book: HubRecordBook;
  readonly cutOffs: CutOffs;
  readonly access: AccessLog;
  readonly gazetteer: Gazetteer;
  readonly pageTokens: NodeAead;
}

const actorOf = ({ agency, actor }: Caller): ActorRef => ({ agency, actor });

const archivedTo = ({ view, publishTime, expireTime }: ArchivedView) => ({
  batch: viewBatchTo(view),
  publishTime: new Date(publishTime),
  expireTime: new Date(expireTime),
});

/** Refuses a caller who asks for what belongs to another agency. */
function own(name: string, { agency }: Caller): AgencyId {
  const owner = parseAgencyName(name, 'parent');
  if (owner !== agency) throw new CorridorError('PERMISSION_DENIED', 'parent must be your own agency', { field: 'parent' });
  return owner;
}

/** The RPCs of the hub: who may call each, and what it does. */
export const hubMethods = (deps: HubDependencies): Methods<typeof HubServiceService> => ({
  publish: allow(['publisher'], async (request, { caller }) => {
    const command = publishCommand(request, actorOf(caller));
    const { published } = await publishUpdates(command, deps);
    return { receipts: receiptsTo(command, await published) };
  }),
  publishStream: {
    roles: ['publisher'],
    bidi: (requests, sink, { caller, signal }) => publishStream(requests, sink, actorOf(caller), signal, deps),
  },
  subscribe: {
    roles: ['reader'],
    serverStream: (request, sink, { caller, signal }) => subscribe(subscribeCommand(request, actorOf(caller)), outletTo(sink), signal, deps),
  },
  acknowledgeDelivery: allow(['reader'], async (request, { caller }) => {
    const purpose = wire.purpose.from(request.purpose, 'purpose');
    await acknowledgeDelivery(actorOf(caller), purpose, filterFrom(request.filter), request.cursor, deps);
    return {};
  }),
  getUpdate: allow(['reader'], async (request, { caller }) => {
    const purpose = wire.purpose.from(request.purpose, 'purpose');
    return { archived: archivedTo(await getUpdate(actorOf(caller), purpose, parseUpdateName(request.name, 'name'), deps)) };
  }),
  listUpdates: allow(['reader'], async (request, { caller }) => {
    const purpose = wire.purpose.from(request.purpose, 'purpose');
    const filter = filterFrom(request.filter);
    const list = { list: 'ListUpdates', caller: agencyName(caller.agency), parent: `${purpose}\0${filterKey(filter)}` };
    const { items, nextPageToken } = await paged(deps.pageTokens, list, request, (after, size) =>
      listUpdates({ actor: actorOf(caller), purpose, filter, size, after }, deps),
    );
    return { batches: items.map(archivedTo), nextPageToken };
  }),
  previewUpdates: allow(['publisher'], async (request, { caller }) => {
    const { previews, revision } = await previewUpdates(publishCommand(request.publish, actorOf(caller)), deps);
    const entries = previews.map(({ recipient, purpose, reasons, view }) => ({
      recipient: agencyName(recipient),
      purpose: wire.purpose.to(purpose),
      allowed: view !== undefined,
      reasons,
      batch: Buffer.from(view === undefined ? [] : encodeView(view)),
    }));
    return { entries, revision: revisionTo(revision) };
  }),
  grantConsent: allow(['data-protection-officer'], async (request, { caller }) => {
    const owner = own(request.parent, caller);
    const terms = required(request.consent, 'consent');
    const { consent, revision } = await grantConsent(
      actorOf(caller),
      {
        owner,
        id: parseSlug(request.consentId, 'consent_id'),
        recipient: parseRecipient(terms.recipient, 'consent.recipient'),
        categories: wire.category.allFrom(terms.categories, 'consent.categories'),
        purposes: wire.purpose.allFrom(terms.purposes, 'consent.purposes'),
        expiresAt: timestampFrom(terms.expireTime, 'consent.expire_time'),
      },
      deps,
    );
    return { consent: consentTo(consent), revision: revisionTo(revision) };
  }),
  revokeConsent: allow(['data-protection-officer'], async (request, { caller }) => {
    const ref = parseConsentName(request.name, 'name');
    const { consent, cutOffs } = await revokeConsent(actorOf(caller), ref, expectedVersionFrom(request.expectedVersion), deps);
    return {
      consent: consentTo(consent),
      cutOffs: cutOffs.map(({ recipient, mayHaveReceived, acknowledged }) => ({
        recipient: agencyName(recipient),
        mayHaveReceivedBefore: offsetsTo(mayHaveReceived),
        acknowledgedBefore: offsetsTo(acknowledged),
      })),
    };
  }),
  getConsent: allow('every actor', async (request, { caller }) => ({
    consent: consentTo(await getConsent(caller.agency, parseConsentName(request.name, 'name'), deps)),
  })),
  listConsents: allow(['data-protection-officer', 'publisher', 'administrator'], async (request, { caller }) => {
    const owner = own(request.parent, caller);
    const list = { list: 'ListConsents', caller: agencyName(owner) };
    const { items, nextPageToken } = await paged(deps.pageTokens, list, request, (after, size) => listConsents(owner, after, size, deps));
    return { consents: items.map(consentTo), nextPageToken };
  }),
  openPartnerTopic: allow(['administrator'], async (request, { caller, signal }) => {
    const terms = { agency: own(request.parent, caller), purpose: wire.purpose.from(request.purpose, 'purpose'), filter: filterFrom(request.filter) };
    return { partnerTopic: partnerTopicTo(await openPartnerTopic(actorOf(caller), terms, signal, deps)) };
  }),
  closePartnerTopic: allowWhileInactive(['administrator'], async (request, { caller }) => ({
    partnerTopic: partnerTopicTo(await closePartnerTopic(actorOf(caller), parsePartnerTopicResource(request.name, 'name'), deps)),
  })),
  getPartnerTopic: allowWhileInactive(['administrator'], async (request, { caller }) => ({
    partnerTopic: partnerTopicTo(await getPartnerTopic(caller.agency, parsePartnerTopicResource(request.name, 'name'), deps)),
  })),
  issuePartnerTopicCredential: allow(['administrator'], async (request, { caller }) => ({
    credential: await issuePartnerTopicCredential(actorOf(caller), parsePartnerTopicResource(request.name, 'name'), deps),
  })),
  eraseSeries: allow(['data-protection-officer'], async (request, { caller }) => {
    if (!/^(\d{4}-(0[1-9]|1[0-2]))?$/.test(request.retentionMonth)) {
      throw new CorridorError('INVALID_ARGUMENT', 'retention_month must be YYYY-MM', { field: 'retention_month' });
    }
    const destroyedKeys = await eraseSeries(actorOf(caller), parseSeriesName(request.series, 'series'), request.retentionMonth, deps);
    return { destroyedKeys };
  }),
  listAccess: allow(['data-protection-officer', 'administrator'], async (request, { caller }) => {
    const owner = own(request.parent, caller);
    const list = { list: 'ListAccess', caller: agencyName(owner) };
    const { items, nextPageToken } = await paged(deps.pageTokens, list, request, (after, size) => deps.access.of(owner, after, size));
    return { entries: items, nextPageToken };
  }),
  listPlaces: allow('every actor', async (request, { caller }) => {
    const list = { list: 'ListPlaces', caller: agencyName(caller.agency), parent: request.query };
    const { items, nextPageToken } = await paged(deps.pageTokens, list, request, (after, size) =>
      Promise.resolve(placesFound(deps.gazetteer, request.query, Number(after?.key ?? 0), size)),
    );
    return { places: items, nextPageToken, gazetteerVersion: deps.gazetteer.version };
  }),
});

/** One page of the places that a query finds, best first. */
function placesFound(gazetteer: Gazetteer, query: string, from: number, size: number): Listed<PlaceEntry> {
  const found = gazetteer.search(query, from + size + 1);
  const items = found.slice(from, from + size).map((place) => ({
    placeId: place.id,
    kind: place.kind === 'admin' ? `admin${place.level}` : place.kind,
    displayName: place.name,
    parents: place.kind === 'route' ? place.countries : place.parent === undefined ? [] : [place.parent],
  }));
  return found.length > from + size ? { items, next: { key: String(from + size), id: 'place' } } : { items };
}
