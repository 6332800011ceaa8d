import { HubServiceService } from '@corridor/contracts/hub/v1/hub';
import { Leases, storedJson } from '@corridor/documents';
import { Entitlements } from '@corridor/entitlement';
import { CorridorError, randomBytes } from '@corridor/kernel';
import { openGazetteer } from '@corridor/places';
import { Outboxes, type Ports, type Service } from '@corridor/runtime';
import { PreparedViews } from './application/prepared-views.ts';
import { ServedSubscriptions } from './application/served-subscriptions.ts';
import { hubGeography } from './domain/geography.ts';
import { consentEvent, hubRecordBook, keyEvent, sealBatch } from './events.ts';
import { PartnerTopicChannel } from './channels/partner-topic.ts';
import { retentionJob } from './jobs/retention.ts';
import { AccessLog } from './projections/access-log.ts';
import { Archive } from './projections/archive.ts';
import { CutOffProjection } from './projections/cut-offs.ts';
import { UpdateLog, type UpdateLogLimits } from './projections/update-log.ts';
import { storedConsents } from './rpc/consents.ts';
import { hubMethods, type HubDependencies } from './rpc/methods.ts';
import { viewCodec } from './rpc/outlet.ts';
import { storedPartnerTopics } from './rpc/partner-topics.ts';

export interface HubConfig {
  /** What stays in memory; sized for a busy node when absent. */
  readonly limits?: UpdateLogLimits;
}

/** The information-sharing hub over its ports. Nothing runs before `start`. */
export async function build({ limits }: HubConfig, ports: Ports): Promise<Service> {
  const { log, partnerTopics, documents, keys, policy, rpc, clock, report } = ports;
  const gazetteer = openGazetteer();
  const geography = hubGeography(gazetteer);
  const book = hubRecordBook(log, clock);
  const archive = await Archive.open(documents, keys.data);
  const leases = await Leases.open(documents, 'hub-leases', clock);
  const updates = new UpdateLog(log, archive, leases, keys.data, clock, report, limits);
  const access = await AccessLog.open(documents, log, clock, report);
  const cutOffs = await CutOffProjection.open(documents, log, clock, report);
  const retention = retentionJob(leases, { keys: keys.data, log, clock, keyEvent }, report);
  const outboxes = new Outboxes('hub', ports);
  const topics = await documents.collection(storedPartnerTopics);
  const progress = await documents.collection({ name: 'hub-partner-topic-progress', ...storedJson<Uint8Array>(), indexes: {} });
  const served = new ServedSubscriptions();
  const delivery = {
    served,
    updates,
    policy,
    book,
    entitlements: new Entitlements(policy, book, geography.contains, clock),
    views: new PreparedViews(geography, viewCodec, randomBytes),
    geography,
    cursors: await keys.aead('cursors'),
    clock,
  };
  const channel = new PartnerTopicChannel({ ...delivery, log, partnerTopics, topics, progress, leases, report });
  let relaying: HubDependencies['relay'] | undefined;
  rpc.add(
    HubServiceService,
    hubMethods({
      ...delivery,
      log,
      keys: keys.data,
      archive,
      gazetteer,
      partnerTopics,
      topics,
      attend: () => channel.wake(),
      access,
      cutOffs,
      get relay() {
        if (relaying === undefined) throw new CorridorError('UNAVAILABLE', 'the hub is not serving');
        return relaying;
      },
      seal: (batch, key) => {
        const record = sealBatch(batch, key, clock);
        updates.expect(record.headers['ce_id'] ?? '', batch, key);
        return record;
      },
      keyEvent,
      eventOf: (change, actor) => consentEvent(change, actor, clock),
      pageTokens: await keys.aead('page-tokens'),
    }),
  );
  let ended: { readonly name: string; readonly error: CorridorError } | undefined;
  const watch = (name: string, done: Promise<void>): void => {
    done.catch((error: unknown) => {
      ended ??= { name, error: CorridorError.from(error) };
      report('error', 'hub.projection-ended', { name, reason: CorridorError.from(error).reason });
    });
  };
  return {
    name: 'hub',
    start: async () => {
      await updates.start();
      relaying = { documents: await outboxes.open(storedConsents), drained: () => outboxes.drained() };
      watch('access log', access.start());
      watch('cut-offs', cutOffs.start());
      void retention.start();
      served.start();
      channel.start();
    },
    stop: async () => {
      served.stop();
      await channel.stop();
      await retention.stop();
      await updates.stop();
      await outboxes.stop();
      await access.stop();
      await cutOffs.stop();
    },
    unwell: () => {
      if (ended !== undefined) return `${ended.name} ended: ${ended.error.reason}`;
      if (updates.failure !== undefined) return `the fold of the updates ended: ${updates.failure.reason}`;
      return undefined;
    },
    impaired: () => channel.unwell(),
    failed: () => ended?.error ?? updates.failure,
  };
}
