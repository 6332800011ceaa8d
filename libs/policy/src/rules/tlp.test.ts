import { actorId } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { actor, CLERK, group, GROUP, OFFICER, OWNER, question, RECIPIENT, stateWith, STRANGER } from '../scene.testing.ts';
import { tlp, tlpOfOwn } from './tlp.ts';

describe('rule 2: RED only the focal points named on the update, in person', () => {
  const red = { tlp: 'red', namedActors: [CLERK] } as const;

  it('admits a named actor', () => {
    expect(tlp(question({ handling: red, recipient: CLERK }), stateWith()).pass).toBe(true);
  });

  it('never by topic, webhook or feed', () => {
    expect(tlp(question({ handling: red, recipient: { agency: RECIPIENT } }), stateWith())).toMatchObject({
      reason: 'TLP_EXCLUDES_RECIPIENT',
    });
  });

  it('nobody else of the same agency', () => {
    const colleague = { agency: RECIPIENT, actor: actorId('staff-8') };
    expect(tlp(question({ handling: red, recipient: colleague }), stateWith(actor(colleague))).pass).toBe(false);
  });

  it('nobody of the same staff id in another agency', () => {
    const namesake = { ...CLERK, agency: STRANGER };
    expect(tlp(question({ handling: red, recipient: namesake }), stateWith(actor(namesake))).pass).toBe(false);
  });

  it('no actor that is retired or not there', () => {
    expect(tlp(question({ handling: red, recipient: CLERK }), stateWith(actor({ retired: true }))).pass).toBe(false);
    const ghost = { agency: RECIPIENT, actor: actorId('staff-99') };
    expect(tlp(question({ handling: { tlp: 'red', namedActors: [ghost] }, recipient: ghost }), stateWith()).pass).toBe(false);
  });

  it('and the owner in person, who made it', () => {
    expect(tlpOfOwn(question({ handling: red, recipient: OFFICER }), stateWith()).pass).toBe(true);
    expect(tlpOfOwn(question({ handling: red, recipient: { agency: OWNER } }), stateWith()).pass).toBe(false);
    expect(tlpOfOwn(question({ recipient: { agency: OWNER } }), stateWith()).pass).toBe(true);
  });
});

describe('rule 2: the other labels', () => {
  it.each(['amber+strict', 'amber', 'clear'] as const)('%s leaves the recipient to the agreement, or to nobody', (label) => {
    expect(tlp(question({ handling: { tlp: label } }), stateWith()).pass).toBe(true);
  });

  it('GREEN the groups named as its community', () => {
    const green = question({ handling: { tlp: 'green', communityGroups: ['another', GROUP] } });
    expect(tlp(green, stateWith()).pass).toBe(true);
    expect(tlp(green, stateWith(group({ members: [OWNER] })))).toMatchObject({ reason: 'TLP_EXCLUDES_RECIPIENT' });
    expect(tlp(green, stateWith(group({ closed: true }))).pass).toBe(false);
    expect(tlp(question({ handling: { tlp: 'green', communityGroups: ['another'] } }), stateWith()).pass).toBe(false);
    expect(tlp(question({ handling: { tlp: 'green' } }), stateWith()).pass).toBe(false);
  });
});
