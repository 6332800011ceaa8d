import { OnwardSharing, PersonalDataLevel, PlacePrecision, type Category, type Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { type Clause, ClauseEffect } from '@corridor/contracts/registry/v1/resources';

/** What a permission is about; the rest has a usual value. */
export type Permission = Pick<Clause, 'clauseId' | 'categories' | 'purposes'> &
  Partial<Pick<Clause, 'owners' | 'recipients' | 'exact' | 'withoutBreakdown' | 'secretariatBound' | 'watermark' | 'onwardSharing'>>;

const EMPTY: Clause = {
  clauseId: '',
  effect: ClauseEffect.CLAUSE_EFFECT_UNSPECIFIED,
  owners: [],
  recipients: [],
  recipientKinds: [],
  categories: [],
  purposes: [],
  areas: [],
  levels: [],
  exact: false,
  onwardSharing: OnwardSharing.ONWARD_SHARING_PROHIBITED,
  highestPrecision: PlacePrecision.PLACE_PRECISION_COUNTRY,
  retentionDays: 0,
  withoutBreakdown: false,
  secretariatBound: false,
  watermark: false,
};

/** A clause that permits counts everywhere, down to the second administrative level, without onward sharing. */
export const permission = (of: Permission): Clause => ({
  ...EMPTY,
  effect: ClauseEffect.CLAUSE_EFFECT_PERMIT,
  areas: ['WORLD'],
  levels: [PersonalDataLevel.PERSONAL_DATA_LEVEL_NONE, PersonalDataLevel.PERSONAL_DATA_LEVEL_AGGREGATE],
  highestPrecision: PlacePrecision.PLACE_PRECISION_ADMIN2,
  ...of,
});

/** A clause that prohibits everything of these categories for these purposes. */
export const prohibition = (clauseId: string, categories: readonly Category[], purposes: readonly Purpose[]): Clause => ({
  ...EMPTY,
  effect: ClauseEffect.CLAUSE_EFFECT_PROHIBIT,
  clauseId,
  categories,
  purposes,
});
