import { HubServiceService } from '@corridor/contracts/hub/v1/hub';
import { Leases } from '@corridor/documents';
import { Entitlements } from '@corridor/entitlement';
import { CorridorError, randomBytes } from '@corridor/kernel';
import { relay, type Relay } from '@corridor/outbox';
import { openGazetteer } from '@corridor/places';
import type { Ports, Service } from '@corridor/runtime';
import { PreparedViews } from './application/prepared-views.ts';
import type { Consent } from './domain/consent.ts';
import { hubGeography } from './domain/geography.ts';
import { consentEvent, hubRecordBook, keyEvent, sealBatch } from './events.ts';
import { RetentionJob } from './jobs/retention.ts';
import { AccessLog } from './projections/access-log.ts';
import { Archive } from './projections/archive.ts';
import { CutOffProjection } from './projections/cut-offs.ts';
import { UpdateLog, type UpdateLogLimits } from './projections/update-log.ts';
import { storedConsents } from './rpc/consents.ts';
import { hubMethods } from './rpc/methods.ts';
import { viewCodec } from './rpc/outlet.ts';

export interface HubConfig {
  /** What stays in memory; sized for a busy node when absent. */
  readonly limits?: UpdateLogLimits;
}

/** The information-sharing hub over its ports. Nothing runs before `start`. */
export async function build({ limits }: HubConfig, ports: Ports): Promise<Service> {
  const { log, documents, keys, policy, rpc, clock, report } = ports;
  const gazetteer = openGazetteer();
  const geography = hubGeography(gazetteer);
  const book = hubRecordBook(log, clock);
  const archive = await Archive.open(documents, keys.data);
  const updates = new UpdateLog(log, archive, keys.data, clock, report, limits);
  const access = await AccessLog.open(documents, log, clock);
  const cutOffs = await CutOffProjection.open(documents, log, clock);
  const leases = await Leases.open(documents, 'hub-leases', clock);
  const retention = new RetentionJob(leases, { keys: keys.data, log, clock, keyEvent }, report);
  const consents = await documents.collection(storedConsents);
  let relaying: Relay<Consent> | undefined;
  rpc.add(
    HubServiceService,
    hubMethods({
      log,
      keys: keys.data,
      policy,
      updates,
      archive,
      book,
      geography,
      gazetteer,
      clock,
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
      entitlements: new Entitlements(policy, book, geography.contains, clock),
      views: new PreparedViews(geography, viewCodec, randomBytes),
      cursors: await keys.aead('cursors'),
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
      relaying = relay(consents, log, { clock, onFailure: ({ reason }) => report('warn', 'hub.relay-failed', { reason }) });
      watch('access log', access.start());
      watch('cut-offs', cutOffs.start());
      retention.start();
    },
    stop: async () => {
      await retention.stop();
      await updates.stop();
      await relaying?.stop();
      await access.stop();
      await cutOffs.stop();
    },
    unwell: () => {
      if (ended !== undefined) return `${ended.name} ended: ${ended.error.reason}`;
      return updates.failure === undefined ? undefined : `the fold of the updates ended: ${updates.failure.reason}`;
    },
    failed: () => ended?.error ?? updates.failure,
  };
}
