import type { FollowupServiceService } from '@corridor/contracts/followup/v1/followup';
import { timestampFrom, type Methods, type NodeAead } from '@corridor/runtime';
import type { Followup } from '../application/followup.ts';
import { momentFrom } from '../application/read.ts';

/** What the methods work on; both are there once the service has started. */
export interface Served {
  readonly followup: Followup;
  readonly pageTokens: NodeAead;
}

/** Some of the methods of the service. */
export type Some<Name extends keyof typeof FollowupServiceService> = Pick<Methods<typeof FollowupServiceService>, Name>;

/** The moment a request asks about. @throws CorridorError INVALID_ARGUMENT */
export const momentOf = ({ clock }: Followup, asOf: Date | undefined): number =>
  momentFrom(asOf === undefined ? undefined : timestampFrom(asOf, 'as_of'), clock.now());

/** A text that is equal for equal requests; a page token is of no use for another. */
export const boundTo = (...parts: readonly unknown[]): string => JSON.stringify(parts, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
