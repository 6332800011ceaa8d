import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BINARY, CACHE, corridor, corridorHere, everyCommand, EXIT, type Run } from '@corridor/client/testing';
import { NodeProcess } from '@corridor/runtime/node-process';
import { expect, vi } from 'vitest';

const EVERY_COMMAND = everyCommand();

/** Who sits at the command line: `AGENCY/ACTOR`. */
export type Actor = `${string}/${string}`;

type Environment = Readonly<Record<string, string>>;

/** A type of message that a command prints with `--json`. */
interface Printed<T> {
  fromJSON(value: unknown): T;
}

/** Command lines at one node, each of an actor whose secret lies in a file; it keeps which commands have succeeded. */
export class Story {
  readonly #address: string;
  readonly #folder: string;
  readonly #succeeded = new Set<string>();
  /** Of those who are signed in. */
  readonly #tokens = new Map<Actor, Promise<string>>();

  /** @param folder for the files of its actors */
  constructor(address: string, folder: string) {
    this.#address = address;
    this.#folder = folder;
  }

  /** Every command that there is and none of which has succeeded. */
  get untold(): readonly string[] {
    return EVERY_COMMAND.filter((command) => !this.#succeeded.has(command));
  }

  /** Where a file of the story is. */
  path(name: string): string {
    return join(this.#folder, name);
  }

  /** Writes a file; where it is. */
  file(name: string, content: string | object): string {
    const path = this.path(name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  /** Where the secret of an actor is kept. */
  secretFile(actor: Actor): string {
    return this.path(`${actor.replace('/', '.')}.secret`);
  }

  /** A secret for an actor whom no command line gives one; it is kept as by that. */
  newSecret(actor: Actor): string {
    const secret = randomBytes(32).toString('base64url');
    writeFileSync(this.secretFile(actor), `${secret}\n`, { mode: 0o600 });
    return secret;
  }

  /** The command line of an actor who has signed in: once in the story, since a secret takes its time to be checked. */
  as(actor: Actor): Seat {
    return this.#seat(async () => {
      const token = this.#tokens.get(actor) ?? this.signingIn(actor).run('token');
      this.#tokens.set(actor, token);
      return { CORRIDOR_TOKEN: (await token).trim() };
    });
  }

  /** The command line of an actor who signs in for every command. */
  signingIn(actor: Actor, secretFile = this.secretFile(actor)): Seat {
    return this.with({ CORRIDOR_ACTOR: actor, CORRIDOR_SECRET_FILE: secretFile });
  }

  /** A command line with an environment of its own. */
  with(env: Environment): Seat {
    return this.#seat(async () => env);
  }

  #seat(env: () => Promise<Environment>): Seat {
    return new Seat(async () => ({ CORRIDOR_GRPC: this.#address, ...(await env()) }), (args) => void this.#succeeded.add(commandIn(args)));
  }
}

function commandIn(args: readonly string[]): string {
  const command = EVERY_COMMAND.find((name) => name.split(' ').every((word, i) => args[i] === word));
  if (command === undefined) throw new Error(`corridor ${args.join(' ')} names no command`);
  return command;
}

/** The command line as one actor has it. */
export class Seat {
  readonly #env: () => Promise<Environment>;
  readonly #succeeded: (args: readonly string[]) => void;

  constructor(env: () => Promise<Environment>, succeeded: (args: readonly string[]) => void) {
    this.#env = env;
    this.#succeeded = succeeded;
  }

  /** What a command prints for people; it must succeed. */
  async run(...args: readonly string[]): Promise<string> {
    return this.#done(args, await corridorHere(args, { env: await this.#env() }));
  }

  /** The same with JSON on standard input. */
  async feed(input: object, ...args: readonly string[]): Promise<string> {
    return this.#done(args, await corridorHere(args, { env: await this.#env(), input: JSON.stringify(input) }));
  }

  /** The same by the program as a user starts it. */
  async start(...args: readonly string[]): Promise<string> {
    return this.#done(args, await corridor(args, { env: await this.#env() }));
  }

  /** What a command prints as one JSON object; it must succeed. */
  async read<T>(type: Printed<T>, ...args: readonly string[]): Promise<T> {
    return type.fromJSON(JSON.parse(await this.run(...args, '--json')));
  }

  /** What a command prints as one JSON object on each line; it must succeed. */
  async lines<T>(type: Printed<T>, ...args: readonly string[]): Promise<readonly T[]> {
    const printed = await this.run(...args, '--json');
    return printed.split('\n').filter((line) => line !== '').map((line) => type.fromJSON(JSON.parse(line)));
  }

  /** A command that must fail so; what it says. */
  async fails(how: keyof typeof EXIT, ...args: readonly string[]): Promise<string> {
    const { status, stderr } = await corridorHere(args, { env: await this.#env() });
    expect(status, `corridor ${args.join(' ')}\n${stderr}`).toBe(EXIT[how]);
    return stderr;
  }

  /** The program as a user starts it, until what it has printed holds all of these; then the user interrupts it. */
  async follow(awaited: readonly string[], ...args: readonly string[]): Promise<string> {
    const program = new NodeProcess({ main: BINARY, args, env: { PATH: process.env['PATH'], XDG_CACHE_HOME: CACHE, ...(await this.#env()) } });
    const printed = (): string => program.lines().join('\n');
    await eventually(async () => {
      for (const text of awaited) expect(printed()).toContain(text);
    }).finally(() => void program.stop('SIGINT'));
    const { code, errors } = await program.exited;
    return this.#done(args, { status: code, stdout: printed(), stderr: errors.join('\n') });
  }

  #done(args: readonly string[], run: Run): string {
    expect(run.status, `corridor ${args.join(' ')}\n${run.stderr}`).toBe(0);
    this.#succeeded(args);
    return run.stdout;
  }
}

/** What one process answers another may learn a moment later. */
export const eventually = <T>(look: () => Promise<T>): Promise<T> => vi.waitFor(look, { timeout: 15_000, interval: 50 });
