import { openMongo } from '@corridor/documents/mongodb';
import { openKafkaEventLog } from '@corridor/eventlog/kafka';
import type { Clock } from '@corridor/kernel';
import { kafkaHappenings } from '@corridor/telemetry';
import { closeAll } from '../close-all.ts';
import { openKeys } from '../keys/stored-keys.ts';
import type { Part } from '../lifecycle.ts';
import { nodeCore, type NodeCore } from '../node-core.ts';
import type { Report, Service } from '../service.ts';
import { TOPICS } from '../topics.ts';
import { watchPart } from '../watch.ts';
import type { ClusterConfig } from './cluster-config.ts';
import { healthPart } from './health-part.ts';
import { reportingLog } from './log-reports.ts';

export interface ClusterOptions {
  readonly config: ClusterConfig;
  readonly clock: Clock;
  readonly report: Report;
}

/** The ports of one process of the cluster edition. */
export interface Cluster extends Pick<NodeCore, 'ports' | 'policy' | 'tokens' | 'grpcPort'> {
  /** The process around a built service that serves gRPC, in the order of starting. */
  parts(service: Service): readonly Part[];
  /** The parts on which a process stands that serves no gRPC of its own. */
  readonly ground: readonly Part[];
  /** Closes what was opened; for callers that never ran the parts. */
  close(): Promise<void>;
}

/**
 * Opens Kafka and MongoDB for one process.
 * @throws CorridorError UNAVAILABLE when one of them cannot be reached, CONFIG_INVALID when it refuses what it is asked,
 * KEY_STORE_UNUSABLE
 */
export async function openCluster({ config, clock, report }: ClusterOptions): Promise<Cluster> {
  const opened: (() => Promise<void>)[] = [];
  const close = (): Promise<void> => closeAll(opened);
  try {
    const { kafka, mongodb, keyStore, database, masterKey, replica, grpc } = config;
    const data = await openMongo(mongodb);
    opened.push(() => data.close());
    const keyData = keyStore.url === mongodb.url ? data : await openMongo(keyStore);
    if (keyData !== data) opened.push(() => keyData.close());
    const keys = await openKeys({ store: keyData.store(`${database}_keys`), masterKey });
    const measured = kafkaHappenings();
    opened.push(async () => measured.stop());
    const tell = reportingLog(report);
    const log = await openKafkaEventLog({
      connection: kafka.connection,
      topics: Object.values(TOPICS),
      replicas: kafka.replicas,
      minInsync: kafka.minInsync,
      clock,
      observe: (happening) => {
        measured.observe(happening);
        tell(happening);
      },
      ...(kafka.partners.length === 0 ? {} : { partners: { brokers: kafka.partners } }),
      ...(replica === undefined ? {} : { member: replica }),
    });
    opened.push(() => log.close());
    const core = nodeCore({ log, partnerTopics: log.partnerTopics, documents: data.store(database), keys, grpc, clock, report });
    const engines: Part = { name: 'engines', start: async () => {}, stop: close };
    const ground = [engines, core.policyPart];
    return {
      ...core,
      parts: (service) => [...ground, service, core.grpcPart, healthPart(core, service, clock), watchPart([core.policy, service], clock)],
      ground,
      close,
    };
  } catch (error) {
    // What failed first says why.
    await close().catch(() => undefined);
    throw error;
  }
}
