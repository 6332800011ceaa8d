import { CorridorError } from '@corridor/kernel';
import { openGazetteer } from '@corridor/places';

/**
 * Countries of the names of States in a file: those that `mapped` gives, and else the gazetteer's country of exactly that
 * name. Names are not guessed at: `Guinea` is not every country in whose name it stands.
 * @param mapped name in the file -> ISO 3166-1 alpha-3.
 * @throws CorridorError UNKNOWN_PLACE when a mapped code is no country of the gazetteer.
 */
export function countriesOf(mapped: ReadonlyMap<string, string>): (state: string) => string | undefined {
  const gazetteer = openGazetteer();
  for (const code of mapped.values()) {
    if (gazetteer.place(code)?.kind !== 'country') throw new CorridorError('UNKNOWN_PLACE', `${code} is no country of the gazetteer`, { field: 'state' });
  }
  // A look-up goes over all places, and a file names each State many times.
  const known = new Map<string, string | undefined>(mapped);
  return (state) => {
    if (!known.has(state)) {
      const place = gazetteer.named(state);
      known.set(state, place?.kind === 'country' ? place.id : undefined);
    }
    return known.get(state);
  };
}
