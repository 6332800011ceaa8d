import type { Contribution } from '@corridor/contracts/followup/v1/resources';

/** What one line of a file says of a flow. */
export interface FiledContribution {
  readonly line: number;
  /** Its name, version, owner and number of reports are for the node to say. */
  readonly contribution: Contribution;
}
