import type { Place } from './gazetteer.ts';

/** Lower case without accents and with single blanks, so that `Turkiye` finds `Türkiye`. */
const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim();

const KIND_ORDER: Readonly<Record<Place['kind'], number>> = { country: 0, route: 1, region: 2, admin: 3 };

/** How well a name fits, smaller is better: the whole name, its start, the start of a word, anywhere; else not at all. */
function rank(name: string, wanted: string): number {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.includes(` ${wanted}`) || name.includes(`-${wanted}`) || name.includes(`(${wanted}`)) return 2;
  return name.includes(wanted) ? 3 : Infinity;
}

const namesOf = (place: Place): readonly string[] => {
  const names = place.kind === 'route' ? [place.name, ...place.otherNames] : [place.name];
  return names.map(folded);
};

function rankOf(place: Place, wanted: string): number {
  const codes = place.kind === 'country' ? [place.id, place.alpha2] : [place.id];
  if (codes.some((code) => folded(code) === wanted)) return 0;
  return Math.min(...namesOf(place).map((name) => rank(name, wanted)));
}

/** The places that fit a text, as a `part` of their names or codes or as a `whole` name, the best first; '' is a part of all of them. */
export function matches(places: Iterable<Place>, text: string, how: 'part' | 'whole'): readonly Place[] {
  const wanted = folded(text);
  if (wanted === '' && how === 'whole') return [];
  return [...places]
    .map((place) => ({ place, rank: how === 'part' ? rankOf(place, wanted) : namesOf(place).includes(wanted) ? 0 : Infinity }))
    .filter((m) => m.rank < Infinity)
    .sort((a, b) => a.rank - b.rank || KIND_ORDER[a.place.kind] - KIND_ORDER[b.place.kind] || (a.place.id < b.place.id ? -1 : 1))
    .map((m) => m.place);
}
