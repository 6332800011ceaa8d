import type { Period as PeriodMessage } from '@corridor/contracts/common/v1/vocabulary';
import type { Period } from '@corridor/policy';
import { required, timestampFrom } from './common.ts';
import { wire } from './enums.ts';

/** A period; whether it lies on the boundaries it claims is a rule of the domain. @throws CorridorError naming the part of `field`. */
export function periodFrom(message: PeriodMessage | undefined, field: string): Period {
  const { start, end, granularity } = required(message, field);
  return {
    start: timestampFrom(start, `${field}.start`),
    end: timestampFrom(end, `${field}.end`),
    granularity: wire.granularity.from(granularity, `${field}.granularity`),
  };
}

/** The message of a period. */
export const periodTo = (period: Period): PeriodMessage => ({
  start: new Date(period.start),
  end: new Date(period.end),
  granularity: wire.granularity.to(period.granularity),
});
