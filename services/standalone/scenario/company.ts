import { connect, type Corridor, type NodeAddress } from '@corridor/client';
import { CorridorError } from '@corridor/kernel';
import type { Secrets } from './secrets.ts';

/** The actors of a play, each with a connection of its own once it is needed. */
export class Company {
  readonly #node: NodeAddress;
  readonly #secrets: Secrets['actors'];
  readonly #connected = new Map<string, Corridor>();

  constructor(node: NodeAddress, secrets: Secrets['actors']) {
    this.#node = node;
    this.#secrets = secrets;
  }

  /** The node as an actor sees it. @throws CorridorError NOT_FOUND for an actor who is not of the play. */
  as(actor: string): Corridor {
    const known = this.#connected.get(actor);
    if (known !== undefined) return known;
    const corridor = connect({ ...this.#node, credentials: { actor, secret: this.secretOf(actor) } });
    this.#connected.set(actor, corridor);
    return corridor;
  }

  /** @throws CorridorError NOT_FOUND for an actor who is not of the play. */
  secretOf(actor: string): string {
    const secret = this.#secrets.get(actor);
    if (secret === undefined) throw new CorridorError('NOT_FOUND', `${actor} is not of this play`);
    return secret;
  }

  get node(): NodeAddress {
    return this.#node;
  }

  /** Ends every connection. */
  close(): void {
    for (const corridor of this.#connected.values()) corridor.close();
  }
}
