import { type Client, Metadata } from '@grpc/grpc-js';
import { CorridorError, systemClock, type Clock } from '@corridor/kernel';
import { AuditServiceService, type CheckLogResponse } from '@corridor/contracts/audit/v1/audit';
import { RegistryServiceService, type FoundRequest, type FoundResponse } from '@corridor/contracts/registry/v1/registry';
import { openAlertSubscription, type AlertSubscription, type SubscribeAlertsOptions } from './alert-subscription.ts';
import { alertsOf, type Alerts } from './api/alerts.ts';
import { auditOf, type Audit } from './api/audit.ts';
import { followupOf, type Followup } from './api/followup.ts';
import { hubOf, type Hub } from './api/hub.ts';
import { registryOf, type Registry } from './api/registry.ts';
import { openPublisher, type Publisher, type PublisherOptions } from './publisher.ts';
import { openSubscription, type SubscribeOptions, type Subscription } from './subscription.ts';
import { callUnary, signedInCalls, type CallOptions, type Calls } from './transport/calls.ts';
import { openChannel, type NodeAddress } from './transport/channel.ts';
import { failureOf } from './transport/status.ts';
import { fixedToken, renewedToken, type Token } from './transport/token.ts';

/** Who connects: an actor with its secret, or a program that got a token elsewhere. */
export type Credentials = { readonly actor: string; readonly secret: string } | { readonly token: string };

/** Where to connect to, and as whom. */
export interface ConnectOptions extends NodeAddress {
  readonly credentials: Credentials;
  /** Milliseconds a unary call may take unless it says otherwise; default 30,000. */
  readonly deadlineMs?: number;
  /** For tests. */
  readonly clock?: Clock;
  /** For tests: numbers from 0 to below 1. */
  readonly random?: () => number;
}

/** One connection to one node, as one actor. */
export interface Corridor {
  readonly registry: Registry;
  readonly hub: Hub;
  readonly audit: Audit;
  readonly alerts: Alerts;
  readonly followup: Followup;
  /** Compares the stored records with the signed checkpoint, on the node; ends with the finding. Operators. */
  checkLog(signal?: AbortSignal): AsyncIterable<CheckLogResponse>;
  /** Publishes many messages over one stream. */
  publisher(options?: PublisherOptions): Publisher;
  /** Receives what the actor's agency may see. */
  subscribe(options: SubscribeOptions): Subscription;
  /** Receives alerts that the actor's agency may see, as they are raised and change. */
  subscribeAlerts(options?: SubscribeAlertsOptions): AlertSubscription;
  /** The access token in use, fetched when there is none: for other ways into the same node. */
  accessToken(): Promise<string>;
  /** Ends every call, publisher and subscription, and the connection. */
  close(): void;
}

const DEADLINE_MS = 30_000;

/**
 * A connection to a node. Nothing is sent before the first call, which signs in; the token is renewed before it expires.
 * @throws CorridorError CONFIG_INVALID when the certificates cannot be used.
 */
export function connect(options: ConnectOptions): Corridor {
  const { address, credentials, deadlineMs = DEADLINE_MS, clock = systemClock, random = Math.random } = options;
  const client = openChannel(options);
  const tokens = 'token' in credentials ? fixedToken(credentials.token) : renewedToken(() => signIn(client, address, credentials, deadlineMs), clock);
  const calls = signedInCalls(client, address, tokens, deadlineMs);
  const hub = hubOf(calls);
  const closed = new AbortController();
  const surroundings = { clock, random, closed: closed.signal };
  return {
    registry: registryOf(calls),
    hub,
    audit: auditOf(calls),
    alerts: alertsOf(calls),
    followup: followupOf(calls),
    checkLog: (signal) => checkLog(calls, signal === undefined ? closed.signal : AbortSignal.any([signal, closed.signal])),
    publisher: (settings = {}) => openPublisher(calls, settings, surroundings),
    subscribe: (settings) => openSubscription(calls, hub, settings, surroundings),
    subscribeAlerts: (settings = {}) => openAlertSubscription(calls, settings, surroundings),
    accessToken: () => tokens.get(),
    close() {
      closed.abort(new CorridorError('UNAVAILABLE', 'the connection was closed by this program'));
      client.close();
    },
  };
}

/** Opens an empty registry: the first operator and the first two agencies. Needs the node's bootstrap secret, no token. */
export async function foundNode(node: NodeAddress, request: FoundRequest, options: CallOptions = {}): Promise<FoundResponse> {
  const client = openChannel(node);
  try {
    return await callUnary(client, RegistryServiceService.found, request, new Metadata(), { deadlineMs: DEADLINE_MS, ...options });
  } catch (cause) {
    throw failureOf(cause, node.address).error;
  } finally {
    client.close();
  }
}

async function signIn(
  client: Client,
  address: string,
  { actor, secret }: { readonly actor: string; readonly secret: string },
  deadlineMs: number,
): Promise<Token> {
  try {
    const { token, expireTime } = await callUnary(client, RegistryServiceService.issueToken, { actor, secret }, new Metadata(), { deadlineMs });
    return { token, expires: expireTime?.getTime() ?? 0 };
  } catch (cause) {
    throw failureOf(cause, address).error;
  }
}

async function* checkLog(calls: Calls, signal: AbortSignal): AsyncGenerator<CheckLogResponse> {
  const { stream, token } = await calls.serverStream(AuditServiceService.checkLog, {});
  const onAbort = (): void => stream.cancel();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    const progress: AsyncIterable<CheckLogResponse> = stream;
    yield* progress;
  } catch (cause) {
    signal.throwIfAborted();
    throw calls.failure(cause, token).error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.cancel();
  }
}
