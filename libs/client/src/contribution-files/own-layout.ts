import type { Handling } from '@corridor/contracts/common/v1/vocabulary';
import type { Contribution } from '@corridor/contracts/followup/v1/resources';
import type { Cells } from '../csv/cells.ts';
import { HANDLING_COLUMNS, handlingCells, handlingIn } from '../csv/handling-columns.ts';
import type { Problem } from '../csv/problems.ts';
import { readCsv, type CsvLayout } from '../csv/read-csv.ts';
import { csvLine } from '../csv/write-csv.ts';
import { STAGES, UNITS } from '../enum-words.ts';
import type { FiledContribution } from './filed.ts';

/** What a report of a flow says, in the order of the columns. */
const REPORTED = [
  'source',
  'flow_id',
  'donor',
  'recipient',
  'area',
  'stage',
  'unit',
  'amount',
  'original_amount',
  'original_currency',
  'pooled_fund',
  'decision_time',
  'description',
  ...HANDLING_COLUMNS,
] as const;

/** What the node says of it: written for people, passed over when the file is read. */
const KEPT = ['owner', 'reports'] as const;

type Column = (typeof REPORTED)[number] | (typeof KEPT)[number];

/** Corridor's own layout of contributions. */
const CONTRIBUTION_LAYOUT: CsvLayout<Column> = { columns: REPORTED, optional: KEPT, header: 'closed', guarded: true };

/**
 * Reads contributions in Corridor's own layout, as `contributionLines` writes it. A flow may stand in several lines. The
 * result is every row or every problem, never a part of the file.
 * @param otherwise handling of lines that state none.
 */
export async function readContributions(
  source: AsyncIterable<Uint8Array>,
  otherwise: Handling | undefined,
): Promise<{ readonly filed: readonly FiledContribution[] } | { readonly problems: readonly Problem[] }> {
  const filed: FiledContribution[] = [];
  const { problems } = await readCsv(source, CONTRIBUTION_LAYOUT, (cells) => filed.push({ line: cells.line, contribution: rowOf(cells, otherwise) }));
  return problems.length > 0 ? { problems } : { filed };
}

function rowOf(cells: Cells<Column>, otherwise: Handling | undefined): Contribution {
  if (!/^[a-z][a-z0-9-]{0,46}[a-z0-9]$/.test(cells.text('source'))) cells.faultOf('source', 'is not 2-48 characters a-z 0-9 -');
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(cells.text('flow_id'))) cells.faultOf('flow_id', 'is not 1-64 characters A-Z a-z 0-9 . _ -');
  if (cells.text('area') === '') cells.fault('area is empty');
  const originalMinorUnits = cells.hundredths('original_amount');
  const originalCurrency = cells.text('original_currency');
  if (originalMinorUnits > 0n && !/^[A-Z]{3}$/.test(originalCurrency)) cells.faultOf('original_currency', 'is not a currency of three upper-case letters');
  const handling = handlingIn(cells) ?? otherwise;
  if (handling === undefined) cells.fault('states no handling, and none is given for such lines');
  return {
    name: '',
    version: 0n,
    source: cells.text('source'),
    flowId: cells.text('flow_id'),
    donor: cells.prose('donor', 1, 200),
    recipient: cells.prose('recipient', 1, 200),
    area: cells.text('area'),
    stage: cells.word('stage', STAGES) ?? 0,
    unit: cells.word('unit', UNITS) ?? 0,
    amount: cells.whole('amount'),
    originalMinorUnits,
    originalCurrency,
    pooledFund: cells.prose('pooled_fund', 0, 200),
    decisionTime: cells.moment('decision_time'),
    description: cells.prose('description', 0, 2000),
    owner: '',
    handling,
    reports: 0,
  };
}

/** Contributions as a file in Corridor's own layout, line by line. */
export function* contributionLines(contributions: Iterable<Contribution>): Generator<string> {
  yield csvLine([...REPORTED, ...KEPT]);
  for (const one of contributions) yield csvLine(cellsOf(one));
}

const cellsOf = (one: Contribution): readonly string[] => [
  one.source,
  one.flowId,
  one.donor,
  one.recipient,
  one.area,
  STAGES.of(one.stage),
  UNITS.of(one.unit),
  String(one.amount),
  one.originalMinorUnits === 0n ? '' : `${one.originalMinorUnits / 100n}.${String(one.originalMinorUnits % 100n).padStart(2, '0')}`,
  one.originalCurrency,
  one.pooledFund,
  one.decisionTime?.toISOString() ?? '',
  one.description,
  ...handlingCells(one.handling),
  one.owner.slice('agencies/'.length),
  String(one.reports),
];
