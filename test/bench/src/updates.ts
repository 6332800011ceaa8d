import { Purpose } from '@corridor/contracts/common/v1/vocabulary';
import type { PublishRequest } from '@corridor/contracts/hub/v1/hub';
import type { Update } from '@corridor/contracts/hub/v1/updates';
import { newUuid } from '@corridor/kernel';
import { arrivals, handlingFor, publication } from '@corridor/test-e2e/counts';

/** A monthly table of two nationalities, as a small partner would publish it; about 120 bytes. */
export const update = (): Update => arrivals({ updateId: newUuid(), rows: { AFG: 164, SYR: 120 } });

const PLANNING = handlingFor(Purpose.PURPOSE_PLANNING);

/** A message of so many updates of one series. */
export const message = (owner: string, series: number, updates: number): PublishRequest =>
  publication(`agencies/${owner}/series/bench-${series}`, PLANNING, Array.from({ length: updates }, update));
