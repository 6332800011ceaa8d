import { AuditServiceService } from '@corridor/contracts/audit/v1/audit';
import { CorridorError, utf8 } from '@corridor/kernel';
import { isKeyName, leafHash, noteSigner, type NoteSigner } from '@corridor/merkle';
import type { NodeConfig, Ports, Service, SigningKeyPair } from '@corridor/runtime';
import { gauge } from '@corridor/telemetry';
import { CONTINUED } from './application/first-leaf.ts';
import { endOf } from './domain/batch.ts';
import { Publication } from './jobs/publish-checkpoints.ts';
import { Batches } from './projections/batches.ts';
import { Checkpoints } from './projections/checkpoints.ts';
import { auditedTopics, takeIn } from './projections/intake.ts';
import { openLineage, ownCheckpoint } from './projections/lineage.ts';
import { PendingLeaves } from './projections/pending-leaves.ts';
import { Sequencer } from './projections/sequencer.ts';
import { Tiles } from './projections/tiles.ts';
import { auditMethods, type Served } from './rpc.ts';

export interface AuditConfig {
  /** Milliseconds between two published checkpoints. */
  readonly checkpointMs: number;
  /** The log's name in its checkpoints, e.g. `corridor.local/node-1`; it never changes while the log goes on. */
  readonly origin: string;
  /**
   * After a restore: the last signed checkpoint that partners hold. When the restored database is behind it, the service
   * refuses to start, since the log would fork; with a new `origin` it then starts a new log whose first leaf is this
   * checkpoint.
   */
  readonly continues?: string;
}

/** What the settings of a node, of either edition, say for it. */
export const auditConfigOf = ({ checkpointMs, logOrigin: origin, logContinues: continues }: NodeConfig): AuditConfig => ({
  checkpointMs,
  origin,
  ...(continues === undefined ? {} : { continues }),
});

/** Leaves read ahead, and so the most of one batch. */
const MOST_PENDING = 4096;

/**
 * The audit service: one RFC 6962 tree over every record of every topic but the out topics. It adds its RPCs at once and
 * answers them from `start` on. `start` rejects with LOG_FORKED, LOG_INCOMPLETE or DATABASE_DAMAGED when what is stored
 * does not fit what was signed; what shows later stops it, and every RPC answers with it.
 * @throws CorridorError CONFIG_INVALID
 */
export function build(config: AuditConfig, ports: Ports): Service {
  if (!isKeyName(config.origin)) throw new CorridorError('CONFIG_INVALID', 'CORRIDOR_LOG_ORIGIN must be one word without + signs, e.g. corridor.local/node-1');
  if (!(config.checkpointMs > 0)) throw new CorridorError('CONFIG_INVALID', 'the time between two checkpoints must be above 0 ms');
  const stopping = new AbortController();
  let running: Running | undefined;
  let fault: CorridorError | undefined;
  let work = Promise.resolve();

  const served = (): Served => {
    if (fault !== undefined) throw fault;
    if (running === undefined || stopping.signal.aborted) throw new CorridorError('UNAVAILABLE', 'the audit service is not serving');
    return running.served;
  };
  ports.rpc.add(AuditServiceService, auditMethods(served));

  const fail = (error: unknown): void => {
    fault = CorridorError.from(error);
    stopping.abort();
    ports.report('error', 'audit.stopped', { reason: fault.reason, message: fault.message });
  };

  return {
    name: 'audit',
    start: async () => {
      try {
        running = await open(config, ports, stopping.signal);
        await running.publication.publish();
      } catch (error) {
        fail(error);
        throw CorridorError.from(error);
      }
      work = run(running, ports, stopping).catch(fail);
    },
    stop: async () => {
      stopping.abort();
      await work;
    },
    unwell: () => {
      if (fault !== undefined) return `the audit log has stopped: ${fault.reason}: ${fault.message}`;
      const failure = running?.sequencer.failure;
      if (failure !== undefined) return `records get no leaves: ${failure.reason}`;
      return running?.publication.unwell();
    },
    failed: () => fault,
  };
}

interface Running {
  readonly pending: PendingLeaves;
  readonly sequencer: Sequencer;
  readonly publication: Publication;
  readonly served: Served;
  /** Measures it until the returned function is called. */
  measure(): () => void;
}

async function open(config: AuditConfig, { log, documents, keys, clock, report }: Ports, stopping: AbortSignal): Promise<Running> {
  const key = await keys.signing('checkpoints');
  const signerOf = (origin: string): NoteSigner => signerFrom(origin, key);
  const last = config.continues === undefined ? undefined : ownCheckpoint(config.continues, signerOf);
  const { origin, generation, continues } = await openLineage(documents, config, last);
  const batches = await Batches.open(documents, generation);
  const tiles = await Tiles.open(documents, generation);
  const checkpoints = await Checkpoints.open(documents, generation, signerOf(origin));
  const pending = new PendingLeaves(MOST_PENDING);
  const sequencer = await Sequencer.open({ batches, tiles, checkpoints, pending, clock, report });
  if (config.continues !== undefined && last?.origin === origin) {
    await checkpoints.requireExtends({ size: last.size, note: config.continues, time: 0 }, sequencer.signedTree());
  }
  await requireRecords({ log }, sequencer);
  if (continues !== '' && sequencer.head.size === 0) await pending.put([{ ...CONTINUED, hash: leafHash(utf8(continues)) }], stopping);
  const publication = new Publication({ log, sequencer, checkpoints, clock, report }, config.checkpointMs);
  const served: Served = {
    log,
    continues,
    batches,
    tiles,
    checkpoints,
    verifierKey: checkpoints.verifierKey,
    newest: () => checkpoints.newest(),
    newestPublished: () => checkpoints.newestPublished(),
    publishedAt: (size) => checkpoints.publishedAt(size),
    parse: (checkpoint) => checkpoints.parse(checkpoint),
    locate: (place) => batches.locate(place),
    nextPublication: (signal) => publication.next(signal),
    nodes: (size, signal) => sequencer.nodes(size, signal),
    size: () => sequencer.head.size,
  };
  const measure = (): (() => void) => {
    const forget = [
      gauge('corridor.audit.behind', () => [{ value: pending.size, labels: {} }]),
      gauge('corridor.audit.checkpoint.age', async () => {
        const newest = await checkpoints.newestPublished();
        const lacks = newest !== undefined && newest.size < sequencer.head.size;
        return [{ value: lacks ? Math.max(0, clock.now() - newest.time) / 1000 : 0, labels: {} }];
      }),
    ];
    return () => forget.forEach((one) => one());
  };
  return { pending, sequencer, publication, served, measure };
}

/** Runs what must run together: when one part can go no further, the others end too. */
async function run({ pending, sequencer, publication, measure }: Running, ports: Ports, stopping: AbortController): Promise<void> {
  const { signal } = stopping;
  const forget = measure();
  const parts = [takeIn(ports, pending, signal), sequencer.run(signal), publication.run(signal)];
  try {
    await Promise.all(parts);
  } finally {
    forget();
    stopping.abort();
    await Promise.allSettled(parts);
  }
}

/** @throws CorridorError LOG_INCOMPLETE when records that have leaves are no longer in the log */
async function requireRecords({ log }: Pick<Ports, 'log'>, { ends }: Sequencer): Promise<void> {
  for (const { name } of auditedTopics(log)) {
    for (const [partition, end] of (await log.end(name)).entries()) {
      const sequenced = endOf(ends, name, partition);
      if (sequenced <= end) continue;
      throw new CorridorError(
        'LOG_INCOMPLETE',
        `${name} ${partition} ends at ${end}, but ${sequenced} of its records are in the audit log: restore a backup of the log that holds them`,
      );
    }
  }
}

/** The signer of the checkpoints, whose name is the origin of the log (C2SP tlog-checkpoint). */
function signerFrom(origin: string, { privateKey }: SigningKeyPair): NoteSigner {
  const { d } = privateKey.export({ format: 'jwk' });
  if (d === undefined) throw new CorridorError('KEY_STORE_UNUSABLE', 'the key of the checkpoints is no Ed25519 key pair');
  return noteSigner(origin, Buffer.from(d, 'base64url'));
}
