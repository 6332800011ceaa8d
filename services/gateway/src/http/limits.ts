import type { RequestHandler } from 'express';
import { CorridorError } from '@corridor/kernel';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { Identities } from '../session/identity.ts';
import { refuse } from './refusal.ts';

/** How much the gateway takes of one caller. */
export interface GatewayLimits {
  /** Attempts to sign in from one address within a minute. */
  readonly signInsPerMinute: number;
  /** Calls of one actor, or of one address without a session, within a minute. */
  readonly callsPerMinute: number;
  /** Streams of one actor at a time. */
  readonly streamsPerActor: number;
  /** Streams of all actors at a time. */
  readonly streams: number;
}

export const DEFAULT_LIMITS: GatewayLimits = { signInsPerMinute: 20, callsPerMinute: 3000, streamsPerActor: 8, streams: 512 };

const MINUTE_MS = 60_000;
type Keyed = Parameters<typeof ipKeyGenerator>[0];
const addressOf = (address: Keyed | undefined): string => ipKeyGenerator(address ?? '');

/** Limits attempts to sign in, each of which costs the node a slow hash. */
export const signInLimit = ({ signInsPerMinute }: GatewayLimits): RequestHandler => perMinute(signInsPerMinute, ({ ip }) => addressOf(ip));

/** Limits calls. */
export const callLimit = ({ callsPerMinute }: GatewayLimits, identities: Identities): RequestHandler =>
  perMinute(callsPerMinute, (request) => identities.of(request).session?.name ?? addressOf(request.ip));

const perMinute = (limit: number, keyOf: (request: Parameters<RequestHandler>[0]) => string): RequestHandler =>
  rateLimit({
    windowMs: MINUTE_MS,
    limit,
    keyGenerator: keyOf,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // It would write its advice on settings to the console.
    validate: false,
    handler: (_request, response) => refuse(response, new CorridorError('RATE_LIMITED', `more than ${limit} within a minute`, { limit: String(limit) })),
  });
