import { sign } from 'node:crypto';
import { RegistryServiceService } from '@corridor/contracts/registry/v1/registry';
import { CorridorError, equalBytes, newUuid, sha256, utf8 } from '@corridor/kernel';
import { openGazetteer, type Gazetteer } from '@corridor/places';
import { confirmationPassed, issueToken, Outboxes, REGISTRY_TOPIC, type Ports, type Service, type SigningKeyPair } from '@corridor/runtime';
import { AGREEMENTS, FOUNDINGS, GROUPS, NODE_KEYS, ORGANISATIONS } from './application/collections.ts';
import { completeFounding } from './application/found-node.ts';
import { publishNodeKey } from './application/publish-node-key.ts';
import type { Registry } from './application/registry.ts';
import { OWASP_COST, SECRET_HASHES, Secrets, type ScryptCost } from './application/secrets.ts';
import { Slots } from './application/slots.ts';
import { Throttle } from './application/throttle.ts';
import { eventOf } from './events.ts';
import { registryMethods } from './rpc/methods.ts';
import type { Served } from './rpc/served.ts';

export interface RegistryConfig {
  /** What the founding act must name; at least 16 characters. */
  readonly bootstrapSecret: string;
  /** For how long a token counts, in milliseconds; an hour when absent. */
  readonly tokenLifetimeMs?: number;
  /** What hashing a secret costs; OWASP's setting when absent. */
  readonly secretCost?: ScryptCost;
  /** The places that agencies and agreements may name; the gazetteer of libs/places when absent. */
  readonly gazetteer?: Gazetteer;
}

const MIN_BOOTSTRAP_SECRET = 16;
const HOUR_MS = 3_600_000;
/** libuv has four threads for hashes and files together: half of them stay free for the rest of the node. */
const HASHES_AT_A_TIME = 2;
const HASHES_WAITING = 100;

/**
 * The registry: who takes part and under which terms. It adds its RPCs at once and answers them from `start` on.
 * @throws CorridorError CONFIG_INVALID
 */
export function build(config: RegistryConfig, ports: Ports): Service {
  if (config.bootstrapSecret.length < MIN_BOOTSTRAP_SECRET) {
    throw new CorridorError('CONFIG_INVALID', `the bootstrap secret must have at least ${MIN_BOOTSTRAP_SECRET} characters`);
  }
  const outboxes = new Outboxes('registry', ports);
  let served: Served | undefined;

  ports.rpc.add(RegistryServiceService, registryMethods(() => {
    if (served === undefined) throw new CorridorError('UNAVAILABLE', 'the registry is not serving');
    return served;
  }));

  async function published(): Promise<void> {
    await outboxes.drained();
    const [registry = 0] = await ports.log.end(REGISTRY_TOPIC);
    await ports.policy.reached({ registry, consents: 0 });
  }

  async function open(tokens: SigningKeyPair, epochs: SigningKeyPair): Promise<Registry> {
    const hashes = await ports.documents.collection(SECRET_HASHES);
    return {
      organisations: await outboxes.open(ORGANISATIONS),
      groups: await outboxes.open(GROUPS),
      agreements: await outboxes.open(AGREEMENTS),
      nodeKeys: await outboxes.open(NODE_KEYS),
      foundings: await ports.documents.collection(FOUNDINGS),
      secrets: new Secrets(hashes, config.secretCost ?? OWASP_COST, new Slots(HASHES_AT_A_TIME, HASHES_WAITING)),
      throttle: new Throttle(ports.clock),
      gazetteer: gazetteerOf(config.gazetteer ?? openGazetteer()),
      clock: ports.clock,
      signEpoch: (text) => new Uint8Array(sign(null, text, epochs.privateKey)),
      isBootstrapSecret: equalTo(config.bootstrapSecret),
      issueToken: (actor) =>
        issueToken(tokens, actor, {
          clock: ports.clock,
          lifetimeMs: config.tokenLifetimeMs ?? HOUR_MS,
          id: newUuid(ports.clock.now()),
        }),
      eventOf: (change, by) => eventOf(change, by, ports.clock),
      published,
      confirmed: async () => {
        await outboxes.drained();
        await confirmationPassed(ports.clock);
      },
    };
  }

  return {
    name: 'registry',
    async start() {
      const tokens = await ports.keys.signing('tokens');
      const epochs = await ports.keys.signing('epochs');
      const registry = await open(tokens, epochs);
      await completeFounding(registry);
      await publishNodeKey(registry, { id: tokens.keyId, use: 'tokens', publicKey: tokens.publicKey });
      await publishNodeKey(registry, { id: epochs.keyId, use: 'epochs', publicKey: epochs.publicKey });
      await outboxes.drained();
      served = { registry, pageTokens: await ports.keys.aead('page-tokens') };
    },
    async stop() {
      served = undefined;
      await outboxes.stop();
    },
    unwell: () => outboxes.failure,
  };
}

const gazetteerOf = (places: Gazetteer): Registry['gazetteer'] => ({
  isCountry: (code) => places.isNationality(code),
  isPlace: (id) => places.place(id) !== undefined,
});

/** Compares digests, so that neither the length nor the place of a difference shows in the time it takes. */
function equalTo(secret: string): (text: string) => boolean {
  const digest = sha256(utf8(secret));
  return (text) => equalBytes(sha256(utf8(text)), digest);
}
