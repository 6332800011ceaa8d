import { describe, expect, it } from 'vitest';
import { agencyId, seriesId, uuid, uuidTime } from '@corridor/kernel';
import { Granularity, Handling } from '@corridor/contracts/common/v1/vocabulary';
import { PublishRequest } from '@corridor/contracts/hub/v1/hub';
import { Measure, Population, Quality, TransportMode } from '@corridor/contracts/hub/v1/updates';
import { movementRequests, movementUpdateId, type MovementMeaning } from './movement-updates.ts';
import type { MovementGroup } from './read-movements.ts';
import { routePlaces } from './route-places.ts';

const places = routePlaces(new Map([['Other', 'GRC']]));
const meaning: MovementMeaning = {
  owner: agencyId('border-agency'),
  series: seriesId('detections'),
  handling: Handling.fromPartial({ retentionDays: 365 }),
  measure: Measure.MEASURE_DETECTIONS,
  population: Population.POPULATION_MIXED,
  quality: Quality.QUALITY_OBSERVED,
  maskThreshold: 0,
  placeOf: places.place,
};
const group: MovementGroup = { month: '2020-12', route: 'Central Mediterranean Route', mode: 'sea', persons: new Map([['AFG', 0n], ['SYR', 12n], ['TUN', 30n]]) };

describe('a movement table of a file', () => {
  it('becomes an update of its month and route whose total is the sum of its rows', () => {
    const [request] = movementRequests([group], meaning);
    expect(request).toMatchObject({ series: 'agencies/border-agency/series/detections', handling: { retentionDays: 365 } });
    const [update] = request?.updates ?? [];
    expect(update?.place?.route).toBe('central-mediterranean-route');
    expect(update?.period).toEqual({ start: new Date('2020-12-01T00:00:00Z'), end: new Date('2021-01-01T00:00:00Z'), granularity: Granularity.GRANULARITY_MONTH });
    if (update?.content?.$case !== 'movement') throw new Error('not a table');
    const { rows, total, mode, measure } = update.content.value;
    expect(rows.map(({ key, count }) => [key, count?.value])).toEqual([['AFG', 0n], ['SYR', 12n], ['TUN', 30n]]);
    expect(total?.value).toBe(42n);
    expect([mode, measure]).toEqual([TransportMode.TRANSPORT_MODE_SEA, Measure.MEASURE_DETECTIONS]);
  });

  it('takes the place that its route is mapped to', () => {
    const [request] = movementRequests([{ ...group, route: 'Other' }], meaning);
    expect(request?.updates[0]?.place).toMatchObject({ country: 'GRC', route: '' });
  });

  it('refuses a mapping to what is no place of an update', () => {
    expect(() => routePlaces(new Map([['Other', 'nowhere']]))).toThrow(expect.objectContaining({ reason: 'UNKNOWN_PLACE' }));
  });

  it('has an id that is a UUID of version 8 with the first moment of its month, the same in every import', () => {
    const id = movementUpdateId(meaning.owner, meaning.series, group);
    expect(uuidTime(uuid(id))).toBe(Date.UTC(2020, 11));
    // A golden value: ids of files imported years ago must stay recognisable.
    expect(id).toBe('01761b99-4c00-8a5a-8767-db7b4cf511cf');
    expect(movementUpdateId(meaning.owner, meaning.series, { ...group })).toBe(id);
  });

  it('has another id for every other owner, series, month, route and mode', () => {
    const ids = [
      movementUpdateId(meaning.owner, meaning.series, group),
      movementUpdateId(agencyId('other-agency'), meaning.series, group),
      movementUpdateId(meaning.owner, seriesId('arrivals'), group),
      movementUpdateId(meaning.owner, meaning.series, { ...group, month: '2020-11' }),
      movementUpdateId(meaning.owner, meaning.series, { ...group, route: 'Other' }),
      movementUpdateId(meaning.owner, meaning.series, { ...group, mode: 'land' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('travels with others in messages that stay within the bounds even when every table is as large as can be, in order', () => {
    const persons = new Map(Array.from({ length: 400 }, (_, n) => [`${100 + n}`, BigInt(Number.MAX_SAFE_INTEGER)]));
    const groups = Array.from({ length: 250 }, (_, i) => ({ ...group, month: `${1970 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}`, persons }));
    const requests = [...movementRequests(groups, meaning)];
    expect(requests.flatMap(({ updates }) => updates.map(({ updateId }) => updateId))).toEqual(
      groups.map((one) => movementUpdateId(meaning.owner, meaning.series, one)),
    );
    expect(requests.map(({ updates }) => updates.length)).toEqual([100, 100, 50]);
    for (const request of requests) expect(PublishRequest.encode(request).finish().length).toBeLessThan(900_000);
  });
});
