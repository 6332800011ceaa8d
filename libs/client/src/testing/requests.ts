import { Category, CountState } from '@corridor/contracts/common/v1/vocabulary';
import { PublishRequest } from '@corridor/contracts/hub/v1/hub';
import { Update } from '@corridor/contracts/hub/v1/updates';
import { newUuid } from '@corridor/kernel';

/** A publish request of `count` updates with a known total. */
export const requestOf = (count: number, total = 12n): PublishRequest => ({
  ...PublishRequest.fromPartial({
    series: 'agencies/alpha/series/arrivals',
    category: Category.CATEGORY_MOVEMENT,
    handling: { retentionDays: 30 },
  }),
  updates: Array.from({ length: count }, () =>
    Update.fromPartial({
      updateId: newUuid(),
      place: { country: 'GRC' },
      content: { $case: 'movement', value: { total: { state: CountState.COUNT_STATE_KNOWN, value: total } } },
    }),
  ),
});
