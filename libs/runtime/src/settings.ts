import { readFileSync } from 'node:fs';
import { CorridorError } from '@corridor/kernel';
import type { Listener } from './rpc/listener.ts';

const ADDRESS = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/i;

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables with their defaults; undefined where there is none. */
export type Defaults = Readonly<Record<string, string | undefined>>;

/** Names of variables that have a default. */
type Defaulted<D extends Defaults> = { [N in keyof D & string]: D[N] extends string ? N : never }[keyof D & string];

/** The variables of an environment, parsed. An empty one counts as absent; what is wrong with one is CONFIG_INVALID and names it. */
export class Settings<D extends Defaults> {
  readonly #env: Environment;
  readonly #defaults: D;

  constructor(env: Environment, defaults: D) {
    this.#env = env;
    this.#defaults = defaults;
  }

  given(name: keyof D & string): string | undefined {
    return this.#env[name] === '' ? undefined : this.#env[name];
  }

  /** What is given, else the default. */
  stated(name: Defaulted<D>): string {
    return this.given(name) ?? this.#defaults[name] ?? '';
  }

  /** @throws CorridorError CONFIG_INVALID when it is not given */
  required(name: keyof D & string, what: string): string {
    const text = this.given(name);
    if (text === undefined) throw invalid(name, `must be given: ${what}`);
    return text;
  }

  /** A secret: the variable itself, or the content of the file that the variable with `_FILE` behind its name names. */
  secret(name: keyof D & string, file: keyof D & string): string | undefined {
    const named = this.given(file);
    return this.given(name) ?? (named === undefined ? undefined : read(file, named).toString('utf8').trim());
  }

  integer(name: Defaulted<D>, least: number, most: number): number {
    return integer(name, this.stated(name), least, most);
  }

  /** `yes` or `no`. */
  yes(name: Defaulted<D>): boolean {
    const text = this.stated(name);
    if (text !== 'yes' && text !== 'no') throw invalid(name, 'must be yes or no');
    return text === 'yes';
  }

  address(name: Defaulted<D>): Pick<Listener, 'host' | 'port'> {
    return address(name, this.stated(name));
  }

  /** Addresses, parted by commas, as they stand; none when the variable is absent. */
  addresses(name: keyof D & string): readonly string[] {
    const parts = (this.given(name) ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '');
    for (const part of parts) address(name, part);
    return parts;
  }

  /** The bytes of a PEM file; undefined when the variable is absent. */
  pem(name: keyof D & string): Buffer | undefined {
    const file = this.given(name);
    if (file === undefined) return undefined;
    const bytes = read(name, file);
    if (!bytes.includes('-----BEGIN ')) throw invalid(name, 'must name a file in PEM');
    return bytes;
  }

  text(name: keyof D & string): string | undefined {
    const file = this.given(name);
    return file === undefined ? undefined : read(name, file).toString('utf8');
  }
}

/** A `host:port`. @throws CorridorError CONFIG_INVALID naming the variable */
export function address(name: string, text: string): Pick<Listener, 'host' | 'port'> {
  const [, bracketed, plain, port] = ADDRESS.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || port === undefined) throw invalid(name, 'must be host:port, e.g. 127.0.0.1:50051');
  return { host, port: integer(name, port, 0, 65_535) };
}

function integer(name: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw invalid(name, `must be a whole number from ${least} to ${most}`);
  return value;
}

function read(name: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw invalid(name, 'names a file that cannot be read', error);
  }
}

/** A variable that cannot be used; never with its value, which may be a secret. */
export const invalid = (name: string, what: string, cause?: unknown): CorridorError =>
  new CorridorError('CONFIG_INVALID', `${name} ${what}`, { variable: name }, cause === undefined ? {} : { cause });
