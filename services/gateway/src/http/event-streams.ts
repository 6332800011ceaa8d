import type { Request, Response } from 'express';
import { CorridorError } from '@corridor/kernel';
import type { PolicyView } from '@corridor/runtime';
import type { Operation } from '../contract/operations.ts';
import { requestOfQuery } from '../contract/query.ts';
import type { Session } from '../session/identity.ts';
import { EventStream, type EventStreamParts } from './event-stream.ts';
import type { GatewayLimits } from './limits.ts';
import { queryOf } from './query-of.ts';

/** Streams of the node as Server-Sent Events. */
export interface EventStreams {
  /**
   * Answers with the events of a stream until either side ends it. `Last-Event-ID`, or the parameter `cursor`, says where
   * to go on. Resolves when it has ended.
   * @throws CorridorError what the node refuses it with, when nothing was answered yet; RATE_LIMITED
   */
  open(operation: Operation, session: Session, request: Request, response: Response): Promise<void>;
  /** Ends all of them, and opens none any more. */
  close(): void;
}

export interface EventStreamsParts extends EventStreamParts {
  readonly policy: Pick<PolicyView, 'onChange' | 'onLapse'>;
  readonly limits: Pick<GatewayLimits, 'streams' | 'streamsPerActor'>;
}

export function eventStreams(parts: EventStreamsParts): EventStreams {
  const { policy, limits } = parts;
  const open = new Set<EventStream>();
  let closed = false;
  const unsubscribe = [
    policy.onChange(() => {
      for (const stream of open) stream.policyChanged();
    }),
    policy.onLapse(() => {
      for (const stream of open) stream.policyLapsed();
    }),
  ];
  return {
    async open(operation, session, request, response) {
      if (closed) throw stopping();
      const own = [...open].filter(({ actor }) => actor === session.name).length;
      if (own >= limits.streamsPerActor) throw tooMany('the actor', limits.streamsPerActor);
      if (open.size >= limits.streams) throw tooMany('the gateway', limits.streams);
      const message = streamRequest(operation, request);
      const stream = new EventStream(operation, session, response, parts);
      open.add(stream);
      try {
        await stream.run(message);
      } finally {
        open.delete(stream);
      }
    },
    close() {
      closed = true;
      for (const each of unsubscribe) each();
      for (const stream of open) stream.end(stopping());
    },
  };
}

const stopping = (): CorridorError => new CorridorError('UNAVAILABLE', 'the node is stopping');
const tooMany = (who: string, limit: number): CorridorError => new CorridorError('RATE_LIMITED', `${who} has ${limit} streams open, as many as are taken`, { limit: String(limit) });

/** The request of a stream. A browser that connects again says in a header where it was. */
function streamRequest({ input }: Operation, request: Request): Uint8Array {
  const query = queryOf(request);
  const last = request.get('last-event-id');
  if (last !== undefined && last !== '' && input.fields.some(({ jsonName }) => jsonName === 'cursor')) query.set('cursor', last);
  return requestOfQuery(input, query);
}
