import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { SubscribeResponse } from '@corridor/contracts/hub/v1/hub';
import { EventQueue, type Entry } from './event-queue.ts';
import { mark, WindowScript } from './testing/deliveries.ts';

const source = () => Object.assign(new Readable({ objectMode: true, read: () => undefined }), { cancel: () => undefined });
type Event = SubscribeResponse['event'];
const entry = (message: SubscribeResponse): Entry<Event> => ({ event: message.event, size: 1 });
const isMark = (event: Event): boolean => event?.$case === 'mark';
const forever = new AbortController().signal;

async function drain(queue: EventQueue<Event>): Promise<readonly (string | undefined)[]> {
  const kinds: (string | undefined)[] = [];
  for (;;) {
    const next = await queue.next();
    if (next.kind === 'end') return kinds;
    kinds.push(next.entry.event?.$case);
  }
}

describe('event queue', () => {
  it('drops what came after the last mark when the stream has ended, for the next stream brings it again', async () => {
    const stream = source();
    const queue = new EventQueue<Event>(stream, { maxBytes: 1000, isMark }, forever);
    const window = new WindowScript('w');
    for (const message of [window.open(), window.delivery('a'), mark('m'), window.delivery('b')]) stream.push(entry(message));
    stream.push(null);
    await new Promise((resolve) => stream.once('end', resolve));
    expect(await drain(queue)).toEqual(['windowOpened', 'delivery', 'mark']);
  });

  it('hands over thousands of events in order and ends with the cause', async () => {
    const stream = source();
    const queue = new EventQueue<Event>(stream, { maxBytes: 1_000_000, isMark }, forever);
    const events = Array.from({ length: 5000 }, (_, i) => entry(mark(`${i}`)));
    for (const event of events) stream.push(event);
    const taken: Entry<Event>[] = [];
    while (taken.length < events.length) {
      const next = await queue.next();
      if (next.kind === 'entry') taken.push(next.entry);
    }
    expect(taken).toEqual(events);
    const cause = new Error('cut off');
    stream.destroy(cause);
    expect(await queue.next()).toEqual({ kind: 'end', cause });
  });
});
