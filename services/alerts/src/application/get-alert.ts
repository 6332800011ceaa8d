import { seriesId, type Uuid } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { shownTo, type Alert } from '../domain/alert.ts';
import { DRAFTED } from '../domain/rule.ts';
import { alertRef, isAdmitted, type Admitted } from './admission.ts';
import { unknownAlert } from './change-alert.ts';
import type { EarlyWarning } from './early-warning.ts';

/**
 * An alert as the reader may see it. The read, or its refusal, is on record before the answer.
 * @throws CorridorError NOT_FOUND when there is none for this reader: refused and unknown are the same.
 */
export async function getAlert(early: EarlyWarning, reader: ActorRef, id: Uuid): Promise<Alert> {
  const { alert, admitted } = await readable(early, reader, id);
  return shownTo(alert, reader.agency, admitted.obligations);
}

/** An alert and what the reader may have it under; the read is on record. @throws CorridorError NOT_FOUND */
export async function readable(early: EarlyWarning, reader: ActorRef, id: Uuid): Promise<{ readonly alert: Alert; readonly admitted: Admitted }> {
  const { admission, alerts, policy, agency } = early;
  for (;;) {
    const stored = await alerts.get(id);
    if (stored === undefined || stored.doc.state === 'erased') {
      const { revision } = await policy.current();
      await admission.refuse({ owner: agency, series: seriesId(DRAFTED), update: id }, [], reader, revision);
      throw unknownAlert();
    }
    const alert = stored.doc;
    const answer = await admission.decide(alert, { ...reader, inPerson: true });
    if (!isAdmitted(answer)) {
      await admission.refuse(alertRef(agency, alert), answer.reasons, reader, answer.revision);
      throw unknownAlert();
    }
    await admission.read([alert], reader, answer.revision);
    if (answer.stands()) return { alert, admitted: answer };
  }
}
