import { focalPointsFor, type FocalPointFacts } from '@corridor/policy';
import { isAdmitted } from './admission.ts';
import type { EarlyWarning } from './early-warning.ts';
import type { Alert, AlertChange } from '../domain/alert.ts';
import { withDuties } from '../domain/thread.ts';

/** The most focal points that an alert calls, of one agency and of all: it has to fit into an event of the log. */
const MOST_OF_AGENCY = 20;
const MOST = 500;

/** The change that issues an alert, with the duties it imposes. @throws CorridorError POLICY_UNCONFIRMED */
export async function addressed(change: AlertChange, early: EarlyWarning): Promise<AlertChange> {
  const { acknowledgement } = change.alert;
  if (acknowledgement === undefined) return change;
  const points = await admittedPoints(change.alert, acknowledgement.theme, early);
  return withDuties(
    change,
    points.map(({ agency, id }) => ({ agency, focalPoint: id })),
    early.clock.now(),
  );
}

/** The focal points of other agencies for a theme and the area of an alert, whose agencies may receive it; of RED, whose holders may. */
async function admittedPoints(alert: Alert, theme: string, early: EarlyWarning): Promise<readonly FocalPointFacts[]> {
  const { policy, admission, places, clock } = early;
  const { state } = await policy.current();
  const inPerson = alert.handling.tlp === 'red';
  const agencies = new Set([...state.focalPoints.values()].filter((point) => point.theme === theme).map(({ agency }) => agency));
  agencies.delete(early.agency);
  const admitted: FocalPointFacts[] = [];
  for (const agency of [...agencies].toSorted()) {
    if (admitted.length >= MOST) break;
    const points = focalPointsFor(state, agency, { theme, area: alert.area }, clock.now(), places.contains).slice(0, MOST_OF_AGENCY);
    for (const point of inPerson ? points : points.slice(0, 1)) {
      const answer = await admission.decide(alert, { agency, actor: point.holder, inPerson });
      if (isAdmitted(answer)) admitted.push(...(inPerson ? [point] : points));
    }
  }
  return admitted.slice(0, MOST);
}
