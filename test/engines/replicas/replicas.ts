import { randomBytes, randomUUID } from 'node:crypto';
import { build as buildAlerts } from '@corridor/alerts';
import { build as buildAudit } from '@corridor/audit';
import { openMongo } from '@corridor/documents/mongodb';
import { partnerTopicName } from '@corridor/eventlog';
import { openKafkaEventLog } from '@corridor/eventlog/kafka';
import { build as buildFollowup } from '@corridor/followup';
import { build as buildHub } from '@corridor/hub';
import { agencyId, systemClock } from '@corridor/kernel';
import { build as buildRegistry } from '@corridor/registry';
import { openKeys, TOPICS } from '@corridor/runtime';
import { nodeCore, type NodeCore } from '@corridor/runtime/testing';
import type { Engines } from './engines-at-hand.ts';
import { Gate, logApart } from './log-apart.ts';
import { removeDatabases, removeTopics } from './traces.ts';

export const BOOTSTRAP_SECRET = 'bootstrap secret of the tests';
/** Cheap, so that tests are quick. */
const SECRET_COST = { n: 2 ** 4, r: 8, p: 1 };
const CHECKPOINT_MS = 500;

/** One replica of every service, over connections of its own, as in a process of its own. */
export interface Replica {
  readonly address: string;
  readonly core: NodeCore;
  /** Holds its policy topics back. */
  readonly gate: Gate;
  /** What it reported as a warning or an error. */
  readonly reports: readonly string[];
  /** Why it does not work; undefined while it does. */
  unwell(): string | undefined;
  stop(): Promise<void>;
}

/** Topics and a database of a test's own, and the replicas that share them. */
export class Site {
  /** The agency that early warning acts for: partners' topics of all tests lie side by side. */
  readonly warning: string;
  readonly #engines: Engines;
  readonly #prefix: string;
  readonly #database: string;
  readonly #masterKey = randomBytes(32);
  readonly #running = new Set<Replica>();

  constructor(engines: Engines) {
    const id = randomUUID().slice(0, 8);
    this.#engines = engines;
    this.#prefix = `test-${id}.`;
    this.#database = `test-replicas-${id}`;
    this.warning = `warning-${id}`;
  }

  /** Starts one more replica of every service. */
  async replica(): Promise<Replica> {
    const { broker, mongodb } = this.#engines;
    const mongo = await openMongo({ url: mongodb, appName: 'corridor-test' });
    const kafka = await openKafkaEventLog({
      connection: { brokers: [broker], clientId: `test-${randomUUID()}` },
      topics: Object.values(TOPICS).map((spec) => ({ ...spec, name: this.#prefix + spec.name })),
    });
    const gate = new Gate();
    const reports: string[] = [];
    const core = nodeCore({
      log: logApart(kafka, this.#prefix, gate),
      partnerTopics: kafka.partnerTopics,
      documents: mongo.store(this.#database),
      keys: await openKeys({ store: mongo.store(`${this.#database}-keys`), masterKey: this.#masterKey }),
      grpc: { host: '127.0.0.1', port: 0 },
      clock: systemClock,
      report: (level, event, facts) => {
        if (level !== 'info') reports.push(`${event} ${JSON.stringify(facts ?? {})}`);
      },
    });
    const services = [
      buildRegistry({ bootstrapSecret: BOOTSTRAP_SECRET, secretCost: SECRET_COST }, core.ports),
      await buildHub({}, core.ports),
      await buildAlerts({ agency: this.warning }, core.ports),
      buildFollowup(core.ports),
      buildAudit({ checkpointMs: CHECKPOINT_MS, origin: `corridor.test/${this.#database}` }, core.ports),
    ];
    const parts = [core.policyPart, ...services, core.grpcPart];
    for (const part of parts) await part.start();
    const replica: Replica = {
      address: `127.0.0.1:${core.grpcPort()}`,
      core,
      gate,
      reports,
      unwell: () => core.policy.unwell() ?? services.map((service) => service.unwell()).find((why) => why !== undefined),
      stop: async () => {
        if (!this.#running.delete(replica)) return;
        gate.release();
        for (const part of parts.toReversed()) await part.stop();
        await kafka.close();
        await mongo.close();
      },
    };
    this.#running.add(replica);
    return replica;
  }

  /** Stops what runs, and leaves nothing behind on the engines. */
  async remove(): Promise<void> {
    await Promise.all([...this.#running].map((replica) => replica.stop()));
    const { broker, mongodb } = this.#engines;
    await removeTopics(broker, (topic) => topic.startsWith(this.#prefix) || topic === partnerTopicName(agencyId(this.warning)));
    await removeDatabases(mongodb, this.#database, `${this.#database}-keys`);
  }
}
