import { openGazetteer, type Gazetteer } from '@corridor/places';
import type { Handling } from '@corridor/contracts/common/v1/vocabulary';
import { ContributionStage, ContributionUnit, type Contribution } from '@corridor/contracts/followup/v1/resources';
import { oneLine, type Cells } from '../csv/cells.ts';
import type { Problem } from '../csv/problems.ts';
import { readCsv } from '../csv/read-csv.ts';
import type { FiledContribution } from './filed.ts';

const COLUMNS = [
  'id',
  'date',
  'decisionDate',
  'description',
  'amountUSD',
  'originalAmount',
  'originalCurrency',
  'srcOrganization',
  'srcOrganizationTypes',
  'destOrganization',
  'destLocations',
  'contributionType',
  'status',
] as const;
type Column = (typeof COLUMNS)[number];

/** What a file of the Financial Tracking Service does not say itself. */
export interface FtsOptions {
  /** Where the ids come from, e.g. `fts`. */
  readonly source: string;
  readonly handling: Handling;
  /** The place of flows whose destination is not stated; undefined: such a line is refused. */
  readonly area?: string;
}

const STAGES: ReadonlyMap<string, ContributionStage> = new Map([
  ['pledge', ContributionStage.CONTRIBUTION_STAGE_PLEDGE],
  ['commitment', ContributionStage.CONTRIBUTION_STAGE_COMMITMENT],
  ['paid', ContributionStage.CONTRIBUTION_STAGE_DELIVERED],
]);

const UNITS: ReadonlyMap<string, ContributionUnit> = new Map([
  ['financial', ContributionUnit.CONTRIBUTION_UNIT_USD],
  ['in kind', ContributionUnit.CONTRIBUTION_UNIT_IN_KIND_USD],
]);

const POOLED = 'Pooled fund';
/** For the giver or receiver that the source leaves empty; the contract asks for one. */
const NOT_STATED = 'not stated';

/**
 * Reads flows as OCHA's Financial Tracking Service publishes them; other columns are passed over. `paid` is delivered, `in
 * kind` is counted by its value; a flow whose giver is a pooled fund comes out of that fund; the place of a flow with
 * several destinations is the smallest region that holds them all; the decision date, where there is none, is the date of
 * the flow. Texts lose line breaks and blanks at their ends. A flow may stand in several lines. The result is every row or
 * every problem, never a part of the file.
 */
export async function readFtsContributions(
  source: AsyncIterable<Uint8Array>,
  options: FtsOptions,
): Promise<{ readonly filed: readonly FiledContribution[] } | { readonly problems: readonly Problem[] }> {
  const gazetteer = openGazetteer();
  const filed: FiledContribution[] = [];
  const { problems } = await readCsv(source, { columns: COLUMNS, header: 'open' }, (cells) =>
    filed.push({ line: cells.line, contribution: rowOf(cells, options, gazetteer) }),
  );
  return problems.length > 0 ? { problems } : { filed };
}

function rowOf(cells: Cells<Column>, { source, handling, area }: FtsOptions, gazetteer: Gazetteer): Contribution {
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(cells.text('id'))) cells.faultOf('id', 'is not 1-64 characters A-Z a-z 0-9 . _ -');
  const stage = STAGES.get(cells.text('status'));
  if (stage === undefined) cells.faultOf('status', 'is not pledge, commitment or paid');
  const unit = UNITS.get(cells.text('contributionType'));
  if (unit === undefined) cells.faultOf('contributionType', 'is not financial or in kind');
  const donor = oneLine(cells.text('srcOrganization'));
  const pooled = cells.text('srcOrganizationTypes').split(',').some((type) => type.trim() === POOLED);
  return {
    name: '',
    version: 0n,
    source,
    flowId: cells.text('id'),
    donor: within(cells, 'srcOrganization', donor || NOT_STATED, 200),
    recipient: within(cells, 'destOrganization', oneLine(cells.text('destOrganization')) || NOT_STATED, 200),
    area: areaOf(cells, area, gazetteer),
    stage: stage ?? 0,
    unit: unit ?? 0,
    amount: cells.whole('amountUSD'),
    ...originalOf(cells),
    pooledFund: pooled ? donor : '',
    decisionTime: cells.moment(cells.text('decisionDate') === '' ? 'date' : 'decisionDate'),
    description: within(cells, 'description', oneLine(cells.text('description')), 2000),
    owner: '',
    handling,
    reports: 0,
  };
}

function within(cells: Cells<Column>, column: Column, text: string, most: number): string {
  if ([...text].length > most) cells.faultOf(column, `has more than ${most} characters`);
  return text;
}

/** A currency without an amount, or with none of it, says nothing. */
function originalOf(cells: Cells<Column>): Pick<Contribution, 'originalMinorUnits' | 'originalCurrency'> {
  const originalMinorUnits = cells.hundredths('originalAmount');
  if (originalMinorUnits === 0n) return { originalMinorUnits, originalCurrency: '' };
  const originalCurrency = cells.text('originalCurrency');
  if (!/^[A-Z]{3}$/.test(originalCurrency)) cells.faultOf('originalCurrency', 'is not a currency of three upper-case letters');
  return { originalMinorUnits, originalCurrency };
}

function areaOf(cells: Cells<Column>, otherwise: string | undefined, gazetteer: Gazetteer): string {
  const codes = cells.text('destLocations').split(',').map((code) => code.trim()).filter((code) => code !== '');
  const unknown = codes.filter((code) => gazetteer.place(code)?.kind !== 'country');
  if (unknown.length > 0) cells.faultOf('destLocations', 'holds what is no country of the gazetteer');
  if (codes.length === 0 && otherwise === undefined) cells.faultOf('destLocations', 'is empty: name the place of such flows');
  if (codes.length === 0 || unknown.length > 0) return otherwise ?? '';
  const common = smallestCommon(codes, gazetteer);
  if (common === undefined) cells.faultOf('destLocations', 'holds countries that no region has in common');
  return common ?? '';
}

/** The smallest place that holds all countries; undefined when there is none. */
function smallestCommon(codes: readonly string[], gazetteer: Gazetteer): string | undefined {
  const above = codes.map((code) => ancestry(code, gazetteer));
  return above[0]?.find((id) => above.every((ids) => ids.includes(id)));
}

/** A place and the places above it, the smallest first. */
function ancestry(id: string, gazetteer: Gazetteer): readonly string[] {
  const ids: string[] = [];
  for (let at = gazetteer.place(id); at !== undefined; at = at.kind === 'route' || at.parent === undefined ? undefined : gazetteer.place(at.parent)) ids.push(at.id);
  return ids;
}
