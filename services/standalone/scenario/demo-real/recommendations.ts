import { createReadStream } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { adoptFile, countriesOf, type FiledRecommendation, importInvalid, readUprRecommendations } from '@corridor/client/recommendation-files';
import { AgencyKind, Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import { Position, Theme } from '@corridor/contracts/followup/v1/resources';
import type { AgencyPart } from '../cast.ts';
import type { Company } from '../company.ts';
import { textsHandling } from '../handling.ts';
import { actorOf, agency, SECRETARIAT } from './cast.ts';

const FILE = 'recommendations/upr_refugee_arab_league_subset.csv';
/** Names of the file under which the gazetteer does not know their countries. */
const STATES: ReadonlyMap<string, string> = new Map([['Syria', 'SYR']]);

/** The file of recommendations, as the importer reads it and as a count that shares nothing with it. */
export interface Recommendations {
  readonly source: string;
  readonly filed: readonly FiledRecommendation[];
  /** Sessions of the review, each a meeting. */
  readonly sessions: readonly string[];
  /** The States it is addressed to, ISO 3166-1 alpha-3. */
  readonly countries: readonly string[];
  readonly accepted: number;
  readonly noted: number;
}

const meetingId = (session: string): string => `upr-session-${session}`;
const authorityOf = (country: string): string => `${country.toLowerCase()}-authority`;

/** The real file below the folder of `CORRIDOR_DATA_DIR`; undefined when it is not there. @throws CorridorError IMPORT_INVALID */
export async function readRecommendations(env: Readonly<Record<string, string | undefined>>): Promise<Recommendations | undefined> {
  const source = resolve(join(env['CORRIDOR_DATA_DIR'] ?? '../shared/data', FILE));
  const there = await access(source).then(
    () => true,
    () => false,
  );
  if (!there) return undefined;
  const sessions = new Set<string>();
  const read = await readUprRecommendations(createReadStream(source), {
    meetingOf: (session) => {
      sessions.add(session);
      return `meetings/${meetingId(session)}`;
    },
    countryOf: countriesOf(STATES),
    addresseesOf: (country) => [`agencies/${authorityOf(country)}`],
    otherTheme: Theme.THEME_LAW_ALIGNMENT,
  });
  if ('problems' in read) throw importInvalid(source, read.problems);
  const text = await readFile(source, 'utf8');
  const responses = (response: string): number => text.match(new RegExp(`,${response},[1-5],`, 'g'))?.length ?? 0;
  return {
    source,
    filed: read.filed,
    sessions: [...sessions],
    countries: [...new Set(read.filed.map(({ recommendation }) => recommendation.area))].toSorted(),
    accepted: responses('Accepted'),
    noted: responses('Noted'),
  };
}

/** Who takes part for the recommendations: a secretariat, and an authority of each State. */
export const followupCast = ({ countries }: Pick<Recommendations, 'countries'>): readonly AgencyPart[] => [
  agency(SECRETARIAT, AgencyKind.AGENCY_KIND_UN_AGENCY),
  ...countries.map((country) => agency(authorityOf(country), AgencyKind.AGENCY_KIND_STATE_AUTHORITY, { country })),
];

/** Enters the recommendations with their positions, and checks who sees how many. @returns lines of text, and one for each fault */
export async function recommend(company: Company, file: Recommendations): Promise<{ readonly lines: readonly string[]; readonly faults: readonly string[] }> {
  const { followup } = company.as(actorOf(SECRETARIAT));
  for (const session of file.sessions) {
    const meeting = {
      name: '',
      version: 0n,
      title: `Universal Periodic Review, session ${session}`,
      meetingTime: new Date(Date.UTC(2008, 0, 1 + Number(session))),
      secretariat: '',
      group: '',
      handling: textsHandling(Tlp.TLP_AMBER, [Purpose.PURPOSE_PLANNING]),
    };
    await followup.createMeeting({ meetingId: meetingId(session), meeting });
  }
  const outcome = await adoptFile(followup, { file: file.source, filed: file.filed });
  const status = await followup.getStatus({ filter: undefined, asOf: undefined });
  const at = (wanted: Position): number => status.counts.filter(({ position }) => position === wanted).reduce((sum, { count }) => sum + count, 0);
  const [country = ''] = file.countries.filter((code) => code === 'JOR');
  const own = await company.as(actorOf(authorityOf(country))).followup.getStatus({ filter: undefined, asOf: undefined });
  const stranger = await company.as(actorOf('stranger')).followup.getStatus({ filter: undefined, asOf: undefined });
  const addressed = file.filed.filter(({ recommendation }) => recommendation.area === country).length;
  const expected = [file.filed.length, file.accepted, file.noted, addressed, 0];
  const found = [status.recommendations, at(Position.POSITION_ACCEPTED), at(Position.POSITION_NOTED), own.recommendations, stranger.recommendations];
  const names = ['recommendations', 'accepted', 'noted', `addressed to ${country}`, 'shown to a stranger'];
  return {
    lines: [
      `${outcome.adopted} recommendations of ${outcome.meetings} sessions to ${file.countries.length} States were entered: ${found[1]} accepted, ${found[2]} noted`,
      `  ${SECRETARIAT} sees all ${found[0]}, the authority of ${country} its own ${found[3]}, stranger ${found[4]}`,
    ],
    faults: names.flatMap((name, i) => (found[i] === expected[i] ? [] : [`recommendations, ${name}: ${found[i]}; the file says ${expected[i]}`])),
  };
}
