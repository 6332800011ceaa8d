import { CorridorError, uuid } from '@corridor/kernel';
import type { NewRecommendation } from '@corridor/contracts/followup/v1/followup';
import type { Addressee, Recommendation } from '@corridor/contracts/followup/v1/resources';
import type { Cells } from '../csv/cells.ts';
import { HANDLING_COLUMNS, handlingCells, handlingIn } from '../csv/handling-columns.ts';
import { csvLine } from '../csv/write-csv.ts';
import type { Problem } from '../csv/problems.ts';
import { readCsv, type CsvLayout } from '../csv/read-csv.ts';
import { IMPLEMENTATIONS, POSITIONS, THEMES, TIMELINESS, VERIFICATIONS } from '../enum-words.ts';
import { problemsAmong, type FiledRecommendation } from './filed.ts';

/** What an adoption says, in the order of the columns. */
const ADOPTED = [
  'meeting',
  'recommendation_id',
  'reference',
  'text',
  'themes',
  'recommender',
  'area',
  'due_time',
  'addressees',
  'position',
  'duplicate_of',
  ...HANDLING_COLUMNS,
] as const;

/** What has become of it: written for people, passed over when the file is read. */
const BECAME = ['adopt_time', 'update_time', 'standing'] as const;

type Column = (typeof ADOPTED)[number] | (typeof BECAME)[number];

/** Corridor's own layout of recommendations. */
const RECOMMENDATION_LAYOUT: CsvLayout<Column> = { columns: ADOPTED, optional: BECAME, header: 'closed', guarded: true };

/**
 * Reads recommendations in Corridor's own layout, as `recommendationLines` writes it. `recommendation_id` may be empty. The
 * result is every row or every problem, never a part of the file.
 */
export async function readRecommendations(
  source: AsyncIterable<Uint8Array>,
): Promise<{ readonly filed: readonly FiledRecommendation[] } | { readonly problems: readonly Problem[] }> {
  const filed: FiledRecommendation[] = [];
  const { problems } = await readCsv(source, RECOMMENDATION_LAYOUT, (cells) => filed.push(rowOf(cells)));
  const found = problems.length > 0 ? problems : problemsAmong(filed);
  return found.length > 0 ? { problems: found } : { filed };
}

function rowOf(cells: Cells<Column>): FiledRecommendation {
  for (const column of ['meeting', 'themes', 'area', 'addressees'] as const) if (cells.text(column) === '') cells.fault(`${column} is empty`);
  const [id, duplicateOf] = [idIn(cells, 'recommendation_id'), idIn(cells, 'duplicate_of')];
  const recommendation: NewRecommendation = {
    recommendationId: id,
    reference: cells.prose('reference', 0, 100),
    text: cells.prose('text', 1, 8000),
    themes: cells.wordList('themes', THEMES),
    recommender: cells.prose('recommender', 0, 200),
    area: cells.text('area'),
    dueTime: cells.moment('due_time'),
    addressees: cells.list('addressees').map((agency) => named('agencies', agency)),
    position: cells.text('position') === '' ? 0 : (cells.word('position', POSITIONS) ?? 0),
    duplicateOf: duplicateOf === '' ? '' : `recommendations/${duplicateOf}`,
    handling: handlingIn(cells),
  };
  return { line: cells.line, meeting: named('meetings', cells.text('meeting')), recommendation };
}

const named = (collection: string, text: string): string => (text.startsWith(`${collection}/`) ? text : `${collection}/${text}`);
const bare = (name: string): string => name.slice(name.indexOf('/') + 1);

function idIn(cells: Cells<Column>, column: 'recommendation_id' | 'duplicate_of'): string {
  const text = cells.text(column);
  if (text === '') return '';
  try {
    return uuid(text.startsWith('recommendations/') ? bare(text) : text);
  } catch (error) {
    cells.faultOf(column, 'is not a lower-case UUID of version 7 or 8');
    if (!(error instanceof CorridorError)) throw error;
    return '';
  }
}

/** Recommendations as a file in Corridor's own layout, line by line. What is read from it is what `adopted` gives. */
export function* recommendationLines(recommendations: Iterable<Recommendation>): Generator<string> {
  yield csvLine([...ADOPTED, ...BECAME]);
  for (const one of recommendations) yield csvLine(cellsOf(one));
}

/**
 * A recommendation as a meeting would adopt it now. Of what has become of it an adoption can say one thing: the position,
 * where all addressees have the same.
 */
export function adopted(recommendation: Recommendation): NewRecommendation {
  const { name, reference, text, themes, recommender, area, handling, dueTime, addressees, duplicateOf } = recommendation;
  const positions = new Set(addressees.map(({ position }) => position));
  const [position = 0] = positions.size === 1 ? positions : [];
  return { recommendationId: bare(name), reference, text, themes, recommender, area, handling, dueTime, addressees: addressees.map(({ agency }) => agency), position, duplicateOf };
}

function cellsOf(recommendation: Recommendation): readonly string[] {
  const { recommendationId, reference, text, themes, recommender, area, handling, dueTime, addressees, position, duplicateOf } = adopted(recommendation);
  return [
    bare(recommendation.meeting),
    recommendationId,
    reference,
    text,
    themes.map((theme) => THEMES.of(theme)).join(' '),
    recommender,
    area,
    dueTime?.toISOString() ?? '',
    addressees.map(bare).join(' '),
    position === 0 ? '' : POSITIONS.of(position),
    bare(duplicateOf),
    ...handlingCells(handling),
    recommendation.adoptTime?.toISOString() ?? '',
    recommendation.updateTime?.toISOString() ?? '',
    recommendation.addressees.map(standing).join('; '),
  ];
}

/** Where an addressee stands on the four axes, e.g. `jordan: accepted, in-progress, self-reported, overdue, blocked`. */
export function standing({ agency, position, implementation, verification, timeliness, obstacles }: Addressee): string {
  const axes = [POSITIONS.of(position), IMPLEMENTATIONS.of(implementation), VERIFICATIONS.of(verification), TIMELINESS.of(timeliness)];
  const blocked = obstacles.some(({ resolveTime }) => resolveTime === undefined) ? ['blocked'] : [];
  return `${bare(agency)}: ${[...axes, ...blocked].join(', ')}`;
}
