import { agencyId } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { agency, forged, OWNER, question, stateWith, STRANGER } from '../scene.testing.ts';
import { AGENCY_STATES } from '../vocabulary.ts';
import { notOperator, ownerActive, recipientActive } from './active.ts';

describe('rule 1: owner and recipient are active and not suspended', () => {
  it.each(AGENCY_STATES)('an agency that is %s sends and receives only when it is active', (state) => {
    expect(ownerActive(question(), stateWith(agency({ id: OWNER, state }))).pass).toBe(state === 'active');
    expect(recipientActive(question(), stateWith(agency({ state }))).pass).toBe(state === 'active');
  });

  it('an agency that is not there neither sends nor receives', () => {
    expect(ownerActive(question({ class: { owner: STRANGER } }), stateWith())).toMatchObject({ reason: 'OWNER_NOT_ACTIVE' });
    expect(recipientActive(question({ recipient: { agency: STRANGER } }), stateWith())).toMatchObject({ reason: 'RECIPIENT_NOT_ACTIVE' });
  });

  it('an unknown state is not active', () => {
    expect(ownerActive(question(), stateWith(agency({ id: OWNER, state: forged('ACTIVE') }))).pass).toBe(false);
  });

  it('the operator is never a recipient', () => {
    expect(notOperator(question({ recipient: { agency: agencyId('operator') } }))).toMatchObject({ reason: 'RECIPIENT_NOT_ACTIVE' });
    expect(notOperator(question()).pass).toBe(true);
  });
});
