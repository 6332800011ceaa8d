import type { Event, EventStream } from '@corridor/gateway/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enter, grant } from '../company.ts';
import { type Community, startCommunity } from './community.ts';

let community: Community;
beforeAll(async () => {
  community = await startCommunity();
});
afterAll(() => community.stop());

const SUBSCRIBE = '/api/v1/hub/subscribe?purpose=planning&from=beginning&filter.areas=ITA';

/** Reads until that many deliveries and a mark behind them have come. */
async function read(stream: EventStream, deliveries: number): Promise<{ readonly events: readonly Event[]; readonly lastId: string; readonly ids: readonly string[] }> {
  const events: Event[] = [];
  let lastId = '';
  for await (const event of stream) {
    events.push(event);
    lastId = event.id ?? lastId;
    if (event.name === 'mark' && events.filter(({ name }) => name === 'delivery').length >= deliveries) break;
  }
  stream.close();
  return { events, lastId, ids: events.flatMap((event) => (event.name === 'delivery' ? [updateIn(event)] : [])) };
}

const updateIn = ({ data }: Event): string => /updates\/([0-9a-f-]{36})/.exec(JSON.stringify(data))?.[1] ?? '';

describe('live updates', () => {
  it('come as events with the view of their reader, and go on without loss from the last event seen', async () => {
    const beta = await community.browser('beta');
    const published = [await community.publish(3), await community.publish(40)];
    const first = await read(await beta.events(SUBSCRIBE), 2);
    expect(first.ids.toSorted()).toEqual(published.toSorted());
    const delivery = first.events.find(({ name }) => name === 'delivery')?.data;
    community.checkMessage('corridor.hub.v1.Delivery', delivery);
    expect(delivery).toMatchObject({ batch: { form: 'VIEW_FORM_MASKED', updates: [{ movement: {} }] }, salt: expect.any(String) });
    for (const [name, message] of [['mark', 'CursorMark'], ['windowOpened', 'WindowOpened']]) {
      community.checkMessage(`corridor.hub.v1.${message}`, first.events.find((event) => event.name === name)?.data);
    }
    // While nobody listens, and through a restart.
    const missed = [await community.publish(50), await community.publish(60)];
    await community.restart();
    missed.push(await community.publish(70));
    const again = community.anybody.with({ cookie: beta.header('cookie') ?? '' });
    const second = await read(await again.events(SUBSCRIBE, { 'last-event-id': first.lastId }), 3);
    expect(second.ids.toSorted()).toEqual(missed.toSorted());
  });

  it('are refused with a cursor of another agency', async () => {
    const { lastId } = await read(await (await community.browser('beta')).events(SUBSCRIBE), 1);
    const gamma = await community.browser('gamma');
    expect(await gamma.events(SUBSCRIBE, { 'last-event-id': lastId })).toMatchObject({ status: 400, refused: { reason: 'CURSOR_INVALID' } });
  });

  it('stop with the consent they came under', async () => {
    const alpha = enter(community.node().grpc, 'alpha');
    const stream = await (await community.browser('beta')).events(SUBSCRIBE.replace('from=beginning', 'from=now'));
    await alpha.hub.revokeConsent({ name: 'agencies/alpha/consents/to-beta', expectedVersion: 0n });
    await community.publish(80);
    await grant(alpha, 'to-beta-again', 'agencies/beta');
    const after = await community.publish(90);
    alpha.close();
    expect((await read(stream, 1)).ids).toEqual([after]);
  });

  it('end with the session', async () => {
    const stream = await (await community.browser('beta')).events(SUBSCRIBE.replace('from=beginning', 'from=now'));
    community.clock.putForward(2 * 3_600_000);
    const events: Event[] = [];
    for await (const event of stream) events.push(event);
    expect(events.at(-1)).toMatchObject({ name: 'refusal', data: { reason: 'UNAUTHENTICATED' } });
  });
});
