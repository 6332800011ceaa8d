import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credentials } from '../connect.ts';
import type { TlsOptions } from '../transport/channel.ts';
import { UsageError } from './failure.ts';
import { readIfThere, readNamed } from './files.ts';
import type { Terminal } from './terminal.ts';

/** Flags of every command. */
export interface GlobalFlags {
  readonly address?: string;
  readonly as?: string;
  readonly json?: true;
  readonly tlsCa?: string;
  readonly tls?: boolean;
}

/** Where to connect to, and as whom. */
export interface Settings {
  readonly address: string;
  readonly tls?: TlsOptions | boolean;
  readonly credentials: Credentials;
  /** `agencies/{agency}/actors/{actor}`; undefined when only a token is given that does not say. */
  readonly actor: string | undefined;
}

export const DEFAULT_ADDRESS = '127.0.0.1:50051';

/** Environment variables that the command line reads, for its help. */
export const VARIABLES: readonly (readonly [name: string, meaning: string])[] = [
  ['CORRIDOR_GRPC', `address of the node, host:port; default ${DEFAULT_ADDRESS}`],
  ['CORRIDOR_ACTOR', 'who calls: AGENCY/ACTOR or agencies/AGENCY/actors/ACTOR'],
  ['CORRIDOR_SECRET_FILE', "file with that actor's secret"],
  ['CORRIDOR_SECRET', "that actor's secret"],
  ['CORRIDOR_TOKEN', 'an access token instead of actor and secret'],
  ['CORRIDOR_TLS_CA', 'file with the certificates to trust (PEM)'],
  ['CORRIDOR_DATA', 'data folder whose actors.json holds secrets of several actors; default .corridor'],
];

/** Settings from flags and environment; a flag goes before a variable. @throws UsageError when something is missing. */
export async function readSettings(flags: GlobalFlags, { env }: Pick<Terminal, 'env'>): Promise<Settings> {
  const address = flags.address ?? given(env['CORRIDOR_GRPC']) ?? DEFAULT_ADDRESS;
  const tls = await tlsOf(flags, given(env['CORRIDOR_TLS_CA']));
  const where = { address, ...(tls !== undefined && { tls }) };
  const fromEnv = given(env['CORRIDOR_ACTOR']);
  const token = given(env['CORRIDOR_TOKEN']);
  if (flags.as === undefined && token !== undefined) return { ...where, credentials: { token }, actor: subjectOf(token) };
  const stated = flags.as ?? fromEnv;
  if (stated === undefined) throw new UsageError('nobody is named to sign in as: pass --as AGENCY/ACTOR, or set CORRIDOR_ACTOR or CORRIDOR_TOKEN');
  const actor = actorName(stated);
  const own = fromEnv !== undefined && actorName(fromEnv) === actor ? await secretOfEnvironment(env) : undefined;
  const secret = own ?? (await secretOfDataFolder(actor, given(env['CORRIDOR_DATA']) ?? '.corridor'));
  return { ...where, credentials: { actor, secret }, actor };
}

const given = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

/** `agencies/{agency}/actors/{actor}` from that or from `AGENCY/ACTOR`. @throws UsageError for anything else. */
export function actorName(text: string): string {
  const [, agency, actor] = /^(?:agencies\/)?([a-z][a-z0-9-]*)\/(?:actors\/)?([a-z][a-z0-9-]*)$/.exec(text) ?? [];
  if (agency === undefined || actor === undefined) throw new UsageError(`${JSON.stringify(text)} names no actor: write AGENCY/ACTOR`);
  return `agencies/${agency}/actors/${actor}`;
}

async function tlsOf(flags: GlobalFlags, caFromEnv: string | undefined): Promise<TlsOptions | boolean | undefined> {
  if (flags.tls === false) return false;
  const path = flags.tlsCa ?? caFromEnv;
  return path === undefined ? undefined : { ca: await readNamed(path) };
}

async function secretOfEnvironment(env: Terminal['env']): Promise<string | undefined> {
  const path = given(env['CORRIDOR_SECRET_FILE']);
  return path === undefined ? given(env['CORRIDOR_SECRET']) : (await readNamed(path)).toString('utf8').trim();
}

/** The secret of an actor in `actors.json`: `{ "agencies/x/actors/y": "secret" }`, readable by its owner alone. */
async function secretOfDataFolder(actor: string, folder: string): Promise<string> {
  const path = join(folder, 'actors.json');
  const bytes = await readIfThere(path);
  if (bytes === undefined) throw new UsageError(`no secret for ${actor}: set CORRIDOR_SECRET_FILE, or CORRIDOR_DATA to a folder with actors.json (${path} is not there)`);
  if (((await stat(path)).mode & 0o077) !== 0) throw new UsageError(`${path} holds secrets and others can read it: chmod 600 ${path}`);
  const secrets = parseObject(bytes.toString('utf8'), path);
  const secret = secrets[actor];
  if (typeof secret !== 'string') throw new UsageError(`${path} holds no secret of ${actor}`);
  return secret;
}

function parseObject(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value));
  } catch {
    // Said below, together with JSON that is no object.
  }
  throw new UsageError(`${path} is not a JSON object of actors and secrets`);
}

/** Whom a token says it is for; nothing relies on it but default names, for the node checks the token. */
function subjectOf(token: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (typeof claims === 'object' && claims !== null && 'sub' in claims && typeof claims.sub === 'string') return actorName(claims.sub);
  } catch {
    // Not a JWT, or of another kind: then names have to be given in full.
  }
  return undefined;
}
