import type { NewRecommendation } from '@corridor/contracts/followup/v1/followup';
import { Position, type Theme } from '@corridor/contracts/followup/v1/resources';
import { oneLine, type Cells } from '../csv/cells.ts';
import type { Problem } from '../csv/problems.ts';
import { readCsv } from '../csv/read-csv.ts';
import { problemsAmong, type FiledRecommendation } from './filed.ts';
import { themesOf } from './issue-themes.ts';

const COLUMNS = ['To', 'Text', 'From', 'Response', 'Action', 'Issue', 'Session'] as const;
type Column = (typeof COLUMNS)[number];

/** What a file of the Universal Periodic Review does not say itself. */
export interface UprOptions {
  /** The meeting of a session, `meetings/{meeting}`; undefined where none is known. */
  readonly meetingOf: (session: string) => string | undefined;
  /** The country of a State's name, ISO 3166-1 alpha-3; undefined where none is known. */
  readonly countryOf: (state: string) => string | undefined;
  /** Who answers for a country, `agencies/{agency}`; empty where nobody is known. */
  readonly addresseesOf: (country: string) => readonly string[];
  /** The theme of rows none of whose issues has one. */
  readonly otherTheme: Theme;
}

const RESPONSES: ReadonlyMap<string, Position> = new Map([
  ['Accepted', Position.POSITION_ACCEPTED],
  ['Noted', Position.POSITION_NOTED],
  ['Rejected', Position.POSITION_REJECTED],
]);

/**
 * Reads recommendations as UPR Info publishes them: To, Text, From, Response, Action (1-5), Issue (a list with commas) and
 * Session; other columns are passed over. Texts lose line breaks and blanks at their ends. The result is every row or every
 * problem, never a part of the file.
 */
export async function readUprRecommendations(
  source: AsyncIterable<Uint8Array>,
  options: UprOptions,
): Promise<{ readonly filed: readonly FiledRecommendation[] } | { readonly problems: readonly Problem[] }> {
  const filed: FiledRecommendation[] = [];
  const { problems } = await readCsv(source, { columns: COLUMNS, header: 'open' }, (cells) => filed.push(rowOf(cells, options)));
  const found = problems.length > 0 ? problems : problemsAmong(filed);
  return found.length > 0 ? { problems: found } : { filed };
}

function rowOf(cells: Cells<Column>, { meetingOf, countryOf, addresseesOf, otherTheme }: UprOptions): FiledRecommendation {
  const session = cells.text('Session');
  const sessionKnown = /^[1-9]\d?$/.test(session);
  if (!sessionKnown) cells.faultOf('Session', 'is not a number from 1 to 99');
  const meeting = sessionKnown ? meetingOf(session) : undefined;
  if (sessionKnown && meeting === undefined) cells.faultOf('Session', 'has no meeting: name one');
  const area = countryOf(cells.text('To'));
  if (area === undefined) cells.faultOf('To', 'is no country of the gazetteer: give its code');
  const addressees = area === undefined ? [] : addresseesOf(area);
  if (area !== undefined && addressees.length === 0) cells.faultOf('To', `is addressed to nobody: name an agency for ${area}`);
  const position = RESPONSES.get(cells.text('Response'));
  if (position === undefined) cells.faultOf('Response', 'is not Accepted, Noted or Rejected');
  if (!/^[1-5]$/.test(cells.text('Action'))) cells.faultOf('Action', 'is not a number from 1 to 5');
  const text = oneLine(cells.text('Text'));
  if (text === '' || [...text].length > 8000) cells.faultOf('Text', 'has not 1-8000 characters');
  const recommender = oneLine(cells.text('From'));
  if ([...recommender].length > 200) cells.faultOf('From', 'has more than 200 characters');
  const issues = cells.text('Issue').split(',').map((issue) => issue.trim());
  const recommendation: NewRecommendation = {
    recommendationId: '',
    reference: `UPR session ${session}, action ${cells.text('Action')}`,
    text,
    themes: themesOf(issues, otherTheme),
    recommender,
    area: area ?? '',
    handling: undefined,
    dueTime: undefined,
    addressees,
    position: position ?? 0,
    duplicateOf: '',
  };
  return { line: cells.line, meeting: meeting ?? '', recommendation };
}
