import { credentials } from '@grpc/grpc-js';
import { join } from 'node:path';
import { RegistryServiceClient } from '@corridor/contracts/registry/v1/registry';
import { type Clock, systemClock } from '@corridor/kernel';
import { openSqliteStore } from '@corridor/outbox/sqlite';
import { CONFIRMATION_MS, GrpcHost, openKeys, PolicyFollower, type SigningKeyPair, TokenVerifier, TOPICS } from '@corridor/runtime';
import { BOOTSTRAP_SECRET, CHEAP } from '../registry.testing.ts';
import { build } from '../service.ts';

/** A registry behind gRPC, over real SQLite, as a node runs it. */
export interface ServedRegistry {
  readonly address: string;
  readonly client: RegistryServiceClient;
  /** What the node signs tokens with. */
  readonly tokenKey: SigningKeyPair;
  stop(): Promise<void>;
}

/** The machine's clock on which a confirmation of policy state takes no time: nothing here looks at how long it takes. */
const impatient: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic(),
  wait: (ms, signal) => (ms === CONFIRMATION_MS ? Promise.resolve() : systemClock.wait(ms, signal)),
};

export async function serveRegistry(folder: string): Promise<ServedRegistry> {
  const store = await openSqliteStore({ file: join(folder, 'node.sqlite'), topics: Object.values(TOPICS) });
  const keys = await openKeys({ store: store.documents, masterKey: new Uint8Array(32).fill(7) });
  const report = (): void => undefined;
  const policy = new PolicyFollower({ log: store.log, dataKeys: keys.data, clock: systemClock, report });
  const host = new GrpcHost({
    listener: { host: '127.0.0.1', port: 0 },
    tokens: new TokenVerifier(policy, impatient),
    policy,
    clock: impatient,
    report,
  });
  const service = build(
    { bootstrapSecret: BOOTSTRAP_SECRET, secretCost: CHEAP },
    { log: store.log, partnerTopics: store.log.partnerTopics, documents: store.documents, keys, policy, rpc: host, clock: impatient, report },
  );
  await policy.start();
  await service.start();
  const address = `127.0.0.1:${await host.start()}`;
  const client = new RegistryServiceClient(address, credentials.createInsecure());
  return {
    address,
    client,
    tokenKey: await keys.signing('tokens'),
    stop: async () => {
      client.close();
      await host.stop();
      await service.stop();
      await policy.stop();
      await store.close();
    },
  };
}
