import { checkText, CorridorError, refuse } from '@corridor/kernel';
import { isTaken } from '@corridor/outbox';
import { checkAttestation, checkHandling, type ActorRef } from '@corridor/policy';
import { checkAcknowledgement } from '../domain/acknowledgement.ts';
import type { Alert } from '../domain/alert.ts';
import { checkInfos } from '../domain/cap.ts';
import { checkPurpose, isSameActor } from '../domain/rule.ts';
import { checkHazard } from '../domain/hazard.ts';
import { draft, type Draft } from '../domain/thread.ts';
import type { EarlyWarning } from './early-warning.ts';
import { changed, traceable } from './watched-changes.ts';

/**
 * Drafts an alert by hand; the same draft again is the same draft.
 * @throws CorridorError INVALID_ARGUMENT, UNKNOWN_PLACE, HANDLING_CONTRADICTORY, ALREADY_EXISTS
 */
export async function draftAlert(early: EarlyWarning, by: ActorRef, wanted: Draft): Promise<Alert> {
  checkDraft(early, wanted);
  const change = draft(wanted, by, early.clock.now());
  try {
    await early.alerts.create(wanted.id, traceable(change.alert), [await early.alertEvent(change, by)]);
    changed(change);
  } catch (error) {
    if (!isTaken(error)) throw error;
    return same(change.alert, (await early.alerts.get(wanted.id))?.doc, by);
  }
  early.due();
  return change.alert;
}

function checkDraft({ agency, places, policy, clock }: EarlyWarning, { hazard, area, category, handling, status, note, infos, acknowledgement }: Draft): void {
  const checkPlace = (id: string, field: string): void => {
    if (!places.isPlace(id)) throw new CorridorError('UNKNOWN_PLACE', `${field} is no place of the gazetteer`, { field });
  };
  checkHazard(hazard, 'hazard');
  checkPlace(area, 'area');
  checkHandling(handling, category, { breakdownByNationality: false }, agency);
  checkAttestation(handling, agency, policy.state);
  checkPurpose(handling, 'handling.purposes');
  if (status === 'exercise') checkText(note, 200, 'note');
  else if (note !== '') refuse('note', 'names an exercise, and this is none');
  checkInfos(infos, clock.now(), checkPlace);
  if (acknowledgement !== undefined) checkAcknowledgement(acknowledgement, 'acknowledgement');
}

/** @throws ALREADY_EXISTS unless what is there is this draft, untouched. */
function same(wanted: Alert, there: Alert | { readonly state: 'erased' } | undefined, by: ActorRef): Alert {
  if (there?.state === 'draft' && there.author !== undefined && isSameActor(there.author, by) && said(there) === said(wanted)) return there;
  throw new CorridorError('ALREADY_EXISTS', 'the id belongs to another alert', { field: 'alert_id' });
}

/** What a draft says, without when. */
const said = ({ hazard, area, category, handling, status, note, messages, acknowledgement }: Alert): string =>
  JSON.stringify([hazard, area, category, handling, status, note, messages[0]?.infos, acknowledgement]);
