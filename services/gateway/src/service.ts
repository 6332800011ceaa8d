import { join } from 'node:path';
import type { NodeAddress } from '@corridor/client/transport';
import type { Clock } from '@corridor/kernel';
import { assertSecure, type Keys, type Listener, type PolicyView, type Report, type Service, type TokenVerifier } from '@corridor/runtime';
import { builtDescriptors, contractsIn } from './contract/contracts.ts';
import { jsonAnswers } from './contract/json-answer.ts';
import { operationsOf } from './contract/operations.ts';
import { gatewayApp } from './http/app.ts';
import { eventStreams } from './http/event-streams.ts';
import type { Condition } from './node/condition.ts';
import { DEFAULT_LIMITS, type GatewayLimits } from './http/limits.ts';
import { listen, type Listening } from './http/listen.ts';
import { waitingAnswers } from './http/waiting-answers.ts';
import { callsTo } from './node/node-calls.ts';
import { openApiDocument } from './openapi/document.ts';
import { identities } from './session/identity.ts';
import type { DemandOf } from './session/offer.ts';
import { sealedSessions } from './session/sealed-sessions.ts';

export { buildDoor, type Door, type DoorOptions, type EndedCall } from './door/door.ts';
export { ownNode } from './node/own-node.ts';

export interface GatewayConfig {
  readonly listener: Listener;
  /** Names that the node goes by beside that of its listener and those of this machine. */
  readonly hosts?: readonly string[];
  /** Where the built console lies. */
  readonly consoleFolder?: string;
  readonly limits?: Partial<GatewayLimits>;
}

/** What the gateway is built over. */
export interface GatewayPorts {
  /** Where the node answers gRPC; asked for at the first call. */
  readonly node: () => NodeAddress;
  readonly demandOf: DemandOf;
  readonly tokens: Pick<TokenVerifier, 'verify'>;
  readonly keys: Pick<Keys, 'aead'>;
  readonly policy: Pick<PolicyView, 'state' | 'current' | 'onChange' | 'onLapse'>;
  /** The policy state and the services of the node as they are now; the composition root knows them, the gateway does not. */
  readonly conditions: () => readonly Condition[];
  readonly clock: Clock;
  readonly report: Report;
}

/** A built gateway. */
export interface Gateway extends Service {
  /** The port it listens on; undefined while it does not. */
  port(): number | undefined;
}

/** Where the build of the console puts it. */
const BUILT_CONSOLE = join(import.meta.dirname, '../console/dist');

/**
 * The way in by HTTP: the RPCs of the node as a JSON API, live updates as events, the console. It calls the node as any
 * client does, in the name of who is signed in, and holds no state of its own. It listens from `start` to `stop`.
 * @throws CorridorError LISTENER_INSECURE
 */
export async function build({ listener, hosts = [], consoleFolder = BUILT_CONSOLE, limits: asked }: GatewayConfig, ports: GatewayPorts): Promise<Gateway> {
  assertSecure(listener);
  const { policy, clock, report, tokens } = ports;
  const descriptors = builtDescriptors();
  const contracts = contractsIn(descriptors);
  const limits = { ...DEFAULT_LIMITS, ...asked };
  const sessions = sealedSessions(await ports.keys.aead('sessions'));
  const answers = jsonAnswers(contracts);
  const node = callsTo(ports.node);
  const streams = eventStreams({ node, answers, policy, clock, limits });
  const waiting = waitingAnswers(policy, clock);
  const app = gatewayApp({
    ...ports,
    listener,
    hosts,
    consoleFolder,
    limits,
    contracts,
    operations: operationsOf(contracts),
    document: JSON.stringify(openApiDocument(descriptors)),
    answers,
    node,
    sessions,
    identities: identities(sessions, tokens),
    streams,
    waiting,
  });
  let listening: Listening | undefined;
  return {
    name: 'gateway',
    async start() {
      listening = await listen(app, listener);
      report('info', 'http.listening', { host: listener.host, port: listening.port });
    },
    async stop() {
      streams.close();
      await listening?.close();
      waiting.stop();
      node.close();
    },
    unwell: () => undefined,
    port: () => listening?.port,
  };
}
