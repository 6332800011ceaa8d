import type { Handling } from '@corridor/contracts/common/v1/vocabulary';
import { LEGAL_BASES, LEVELS, ONWARD, PRECISIONS, PURPOSES, TLPS } from '../enum-words.ts';
import type { Cells } from './cells.ts';

/** The columns of a handling, as words; lists have blanks between their values. */
export const HANDLING_COLUMNS = [
  'tlp',
  'purposes',
  'legal_basis',
  'personal_data_level',
  'retention_days',
  'onward_sharing',
  'precision_limit',
  'named_actors',
  'community_groups',
  'publicity_attested_by',
] as const;
export type HandlingColumn = (typeof HANDLING_COLUMNS)[number];

/** The handling that a row states; undefined when all its cells are empty. A part of a handling is a fault. */
export function handlingIn(cells: Cells<HandlingColumn>): Handling | undefined {
  if (HANDLING_COLUMNS.every((column) => cells.text(column) === '')) return undefined;
  const days = cells.whole('retention_days');
  if (days < 1n || days > 3660n) cells.faultOf('retention_days', 'is not a number of days from 1 to 3660');
  if (cells.text('purposes') === '') cells.fault('purposes is empty');
  return {
    tlp: cells.word('tlp', TLPS) ?? 0,
    purposes: cells.wordList('purposes', PURPOSES),
    legalBasis: cells.word('legal_basis', LEGAL_BASES) ?? 0,
    personalDataLevel: cells.word('personal_data_level', LEVELS) ?? 0,
    retentionDays: Number(days),
    onwardSharing: cells.word('onward_sharing', ONWARD) ?? 0,
    precisionLimit: cells.word('precision_limit', PRECISIONS) ?? 0,
    namedActors: cells.list('named_actors'),
    communityGroups: cells.list('community_groups'),
    publicityAttestedBy: cells.text('publicity_attested_by'),
  };
}

/** The cells of a handling in the order of the columns. */
export function handlingCells(handling: Handling | undefined): readonly string[] {
  if (handling === undefined) return HANDLING_COLUMNS.map(() => '');
  return [
    TLPS.of(handling.tlp),
    handling.purposes.map((purpose) => PURPOSES.of(purpose)).join(' '),
    LEGAL_BASES.of(handling.legalBasis),
    LEVELS.of(handling.personalDataLevel),
    String(handling.retentionDays),
    ONWARD.of(handling.onwardSharing),
    PRECISIONS.of(handling.precisionLimit),
    handling.namedActors.join(' '),
    handling.communityGroups.join(' '),
    handling.publicityAttestedBy,
  ];
}
