import { CorridorError, type AgencyId } from '@corridor/kernel';
import { checkAttestation, checkHandling, type Category, type Handling, type PolicyState } from '@corridor/policy';

/** The category under which policy decides about everything of follow-up. */
export const CATEGORY: Category = 'activity';

/**
 * The handling of an object, when it is sound and whoever attests publicity in it may.
 * @param field names the handling in errors
 * @throws CorridorError HANDLING_CONTRADICTORY
 */
export function checkConditions(handling: Handling, owner: AgencyId, state: PolicyState, field: string): Handling {
  try {
    checkHandling(handling, CATEGORY, { breakdownByNationality: false }, owner);
    checkAttestation(handling, owner, state);
    return handling;
  } catch (error) {
    const { reason, message, metadata } = CorridorError.from(error);
    throw new CorridorError(reason, `${field}: ${message}`, { ...metadata, field: metadata['field'] === undefined ? field : `${field}.${metadata['field']}` }, { cause: error });
  }
}
