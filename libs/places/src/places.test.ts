import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceKm, openGazetteer, originsOf, type PlaceRef, type Precision } from './index.ts';

const gazetteer = openGazetteer([['SO2401', 'Baidoa', 'SO24'], ['SO240101', 'Baidoa town', 'SO2401'], ['SO2', 'Namesake', 'YEM']]);
const unknownPlace = (field: string): unknown => expect.objectContaining({ reason: 'UNKNOWN_PLACE', metadata: { field } });

const data = resolve(process.env['CORRIDOR_DATA_DIR'] ?? '../shared/data');
const column = (file: string, index: number): readonly string[] => {
  const lines = readFileSync(resolve(data, file), 'utf8').trim().split('\n').slice(1);
  return [...new Set(lines.map((line) => (line.split(',')[index] ?? '').replaceAll('"', '')))];
};

describe('the gazetteer', () => {
  it('has every country of ISO 3166-1 once, each below one region of the world', () => {
    const countries = gazetteer.countries();
    expect(countries.filter((c) => c.numeric !== undefined)).toHaveLength(249);
    for (const code of ['id', 'alpha2', 'numeric', 'name'] as const) expect(new Set(countries.map((c) => c[code])).size).toBe(250);
    for (const { id } of countries) {
      expect(gazetteer.contains('m49-001', { country: id })).toBe(true);
      expect(id).toMatch(/^[A-Z]{3}$/);
    }
    expect(gazetteer.place('GRC')).toEqual({ kind: 'country', id: 'GRC', name: 'Greece', parent: 'm49-039', alpha2: 'GR', numeric: '300' });
  });

  it('leads from every place up to the world, and routes through countries only', () => {
    const seen: string[] = [];
    const walk = (id: string): void => {
      seen.push(id);
      for (const child of gazetteer.children(id)) walk(child.id);
    };
    walk('m49-001');
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(gazetteer.countries().map((c) => c.id)));
    expect(seen).toContain('SO240101');
    for (const route of gazetteer.routes()) {
      for (const country of route.countries) expect(gazetteer.place(country)?.kind).toBe('country');
      expect(route.id).toMatch(/^[a-z][a-z-]+$/);
    }
  });

  it('finds places by name, code and part of a name, whatever the case and accents', () => {
    expect(gazetteer.named('TURKIYE')?.id).toBe('TUR');
    expect(gazetteer.named('Western African Atlantic Route')?.id).toBe('western-african-route');
    expect(gazetteer.named('Turki')).toBeUndefined();
    expect(gazetteer.search('guinea', 10).map((p) => p.id)).toEqual(['GIN', 'GNB', 'GNQ', 'PNG']);
    expect(gazetteer.search('gr', 1).map((p) => p.id)).toEqual(['GRC']);
    expect(gazetteer.search('cote d\'ivoire', 5).map((p) => p.id)).toEqual(['CIV']);
    expect(gazetteer.search('  ', 3).map((p) => p.id)).toEqual(['ABW', 'AFG', 'AGO']);
    expect(gazetteer.named('')).toBeUndefined();
    expect(gazetteer.search('a', 3)).toHaveLength(3);
  });

  it('takes further administrative areas, parents first', () => {
    expect(gazetteer.place('SO240101')).toMatchObject({ level: 3, country: 'SOM', parent: 'SO2401' });
    expect(() => openGazetteer([['X1', 'x', 'X']])).toThrow(unknownPlace('X1'));
    expect(() => openGazetteer([['X1', 'x', 'darien-route']])).toThrow(unknownPlace('X1'));
    expect(() => openGazetteer([['SO24', 'x', 'SOM']])).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
  });

  it.runIf(existsSync(data))('knows every country and route of the published reference and movement data', () => {
    const stateless = ['XXA', 'XXX', ''];
    const published = column('reference/countries_unhcr.csv', 0).filter((code) => !stateless.includes(code));
    expect(published.filter((code) => !gazetteer.isNationality(code))).toEqual([]);
    const routes = column('movements/route_detections_monthly.csv', 1).filter((name) => name !== 'Other');
    expect(routes.filter((name) => gazetteer.named(name)?.kind !== 'route')).toEqual([]);
    const nationalities = column('movements/route_detections_monthly.csv', 3);
    expect(nationalities.filter((code) => !gazetteer.isNationality(code)).sort()).toEqual(['OOO', 'OOS', 'STL']);
  });
});

describe('containment', () => {
  it.each<[string, PlaceRef, boolean | 'undecidable']>([
    ['GRC', { country: 'GRC' }, true],
    ['m49-150', { country: 'GRC' }, true],
    ['m49-039', { country: 'POL' }, false],
    ['SOM', { admin: 'SO240101' }, true],
    ['m49-202', { admin: 'SO24' }, true],
    ['SO24', { country: 'SOM', admin: 'SO240101' }, true],
    ['SO23', { admin: 'SO240101' }, false],
    ['SO24', { country: 'SOM' }, 'undecidable'],
    ['SO240101', { admin: 'SO24' }, 'undecidable'],
    ['SO24', { country: 'YEM' }, false],
    // By parents, never by prefixes.
    ['SO2', { admin: 'SO24' }, false],
    ['m49-001', { route: 'darien-route' }, true],
    ['m49-150', { route: 'western-balkan-route' }, true],
    ['m49-150', { route: 'eastern-mediterranean-route' }, 'undecidable'],
    ['m49-019', { route: 'western-balkan-route' }, false],
    ['GRC', { route: 'western-balkan-route' }, 'undecidable'],
    ['GRC', { country: 'GRC', route: 'western-balkan-route' }, true],
    ['GRC', { country: 'SRB', route: 'western-balkan-route' }, false],
    ['SO24', { route: 'horn-of-africa-eastern-route' }, 'undecidable'],
    ['darien-route', { route: 'darien-route' }, true],
    ['darien-route', { country: 'PAN', route: 'darien-route' }, true],
    ['darien-route', { country: 'PAN' }, 'undecidable'],
    ['darien-route', { admin: 'CO27' }, 'undecidable'],
    ['darien-route', { country: 'GRC' }, false],
    ['darien-route', { route: 'south-american-route' }, 'undecidable'],
    ['darien-route', { route: 'western-balkan-route' }, false],
    ['darien-route', { point: { lat: 8, lon: -77 } }, 'undecidable'],
    ['PAN', { point: { lat: 8, lon: -77 } }, 'undecidable'],
    ['m49-001', { point: { lat: 8, lon: -77 } }, true],
    ['m49-001', {}, 'undecidable'],
    ['ATLANTIS', { country: 'GRC' }, 'undecidable'],
    ['m49-150', { country: 'ATLANTIS' }, 'undecidable'],
    ['m49-150', { country: 'GRC', route: 'silk-road' }, 'undecidable'],
  ])('of %s: %j is %s', (outer, inner, expected) => {
    expect(gazetteer.contains(outer, inner)).toBe(expected);
  });
});

describe('a coarser place', () => {
  const fine: PlaceRef = { admin: 'SO240101', route: 'sahara-route', point: { lat: 3.1, lon: 43.6 } };
  it.each<[Precision, PlaceRef]>([
    ['country', { country: 'SOM', route: 'sahara-route' }],
    ['admin1', { country: 'SOM', admin: 'SO24', route: 'sahara-route' }],
    ['admin2', { country: 'SOM', admin: 'SO2401', route: 'sahara-route' }],
    ['point', { country: 'SOM', ...fine }],
  ])('by %s keeps only what is as coarse', (precision, expected) => {
    expect(gazetteer.coarsen(fine, precision)).toEqual(expected);
  });

  it('is never finer than asked, and contains the place it stands for', () => {
    const refs = fc.record({ admin: fc.constantFrom('SO24', 'SO2401', 'SO240101', 'YE11', 'CO27') });
    fc.assert(fc.property(refs, fc.constantFrom<Precision>('country', 'admin1', 'admin2'), (ref, precision) => {
      const coarse = gazetteer.coarsen(ref, precision);
      expect(gazetteer.contains(coarse.admin ?? coarse.country ?? '', ref)).toBe(true);
      expect(gazetteer.coarsen(coarse, precision)).toEqual(coarse);
    }));
  });

  it('of a mere point tells nothing', () => {
    expect(gazetteer.coarsen({ point: { lat: 1, lon: 2 } }, 'country')).toEqual({});
  });
});

describe('a stated place', () => {
  it('is given the country of its administrative area', () => {
    expect(gazetteer.parsePlace({ admin: 'SO24' })).toEqual({ country: 'SOM', admin: 'SO24' });
    expect(gazetteer.parsePlace({ route: 'darien-route', point: { lat: -90, lon: 180 } })).toEqual({ route: 'darien-route', point: { lat: -90, lon: 180 } });
  });

  it.each<[string, PlaceRef]>([
    ['place', {}],
    ['country', { country: 'UNK' }],
    ['country', { country: 'SO24' }],
    ['country', { country: '' }],
    ['admin', { admin: 'SOM' }],
    ['admin', { admin: 'SO24', country: 'YEM' }],
    ['route', { route: 'GRC' }],
    ['point', { point: { lat: 90.1, lon: 0 } }],
    ['point', { point: { lat: 0, lon: -180.1 } }],
    ['point', { point: { lat: Number.NaN, lon: 0 } }],
  ])('is refused by its %s: %j', (field, ref) => {
    expect(() => gazetteer.parsePlace(ref)).toThrow(unknownPlace(field));
  });
});

describe('a nationality', () => {
  it.each(['SYR', 'PSE', 'XKX', 'TWN'])('is %s', (code) => expect(gazetteer.isNationality(code)).toBe(true));
  it.each(['UNK', 'OTHER', 'OOO', 'OOS', 'STL', 'XXA', 'm49-150', 'SO24', 'darien-route', 'syr', ''])('is not %j', (code) =>
    expect(gazetteer.isNationality(code)).toBe(false));

  it('of a territory counts as the State\'s own', () => {
    expect([...originsOf('FRA')]).toEqual(expect.arrayContaining(['FRA', 'REU', 'GUF']));
    expect([...originsOf('SYR')]).toEqual(['SYR']);
    const all = gazetteer.countries().flatMap((c) => [...originsOf(c.id)]);
    expect(all.filter((code) => !gazetteer.isNationality(code))).toEqual([]);
  });
});

describe('the distance of two points', () => {
  it('is that of the great circle', () => {
    // A degree of the equator, half the circumference, and Tripoli to Lampedusa.
    expect(distanceKm({ lat: 0, lon: 0 }, { lat: 0, lon: 1 })).toBeCloseTo(111.195, 2);
    expect(distanceKm({ lat: 0, lon: 0 }, { lat: 0, lon: 180 })).toBeCloseTo(20015.115, 2);
    expect(distanceKm({ lat: 90, lon: 17 }, { lat: -90, lon: -40 })).toBeCloseTo(20015.115, 2);
    expect(distanceKm({ lat: 0, lon: 179.5 }, { lat: 0, lon: -179.5 })).toBeCloseTo(111.195, 2);
    expect(distanceKm({ lat: 32.89, lon: 13.19 }, { lat: 35.51, lon: 12.6 })).toBeCloseTo(296.4, 0);
  });

  it('is symmetric, zero only at home, and never more than half around', () => {
    const point = fc.record({ lat: fc.double({ min: -90, max: 90, noNaN: true }), lon: fc.double({ min: -180, max: 180, noNaN: true }) });
    fc.assert(fc.property(point, point, (a, b) => {
      expect(distanceKm(a, b)).toBeCloseTo(distanceKm(b, a), 6);
      expect(distanceKm(a, a)).toBe(0);
      expect(distanceKm(a, b)).toBeLessThanOrEqual(20015.12);
    }));
  });
});
