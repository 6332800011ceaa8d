import { actorId, agencyId } from '@corridor/kernel';
import { describe, expect, it } from 'vitest';
import { dutyVersion, fulfilled, isEscalated, newDuty, stepOf, type Duty } from './duty.ts';

const TERMS = { theme: 'rescue', deadlineSeconds: 60, escalationSeconds: 30 };
const BY = { agency: agencyId('relief'), actor: actorId('staff-1') };
const begun = newDuty({ agency: BY.agency, focalPoint: 'desk' }, TERMS, 0);
const stepped = (duty: Duty, now: number): Duty => stepOf(duty, TERMS, now) ?? expect.fail('nothing is due');

describe('a duty', () => {
  it('is escalated at its deadline and overdue at the second one', () => {
    expect(stepOf(begun, TERMS, 59_999)).toBeUndefined();
    const escalated = stepped(begun, 60_000);
    expect(escalated).toMatchObject({ state: 'escalated', escalatedAt: 60_000, deadline: 90_000 });
    expect(stepOf(escalated, TERMS, 89_999)).toBeUndefined();
    const overdue = stepped(escalated, 90_000);
    expect(overdue.state).toBe('overdue');
    expect(stepOf(overdue, TERMS, 1e12)).toBeUndefined();
  });

  it('leaves the deputies their whole time, when the node stood still meanwhile', () => {
    expect(stepped(begun, 1_000_000)).toMatchObject({ state: 'escalated', deadline: 1_030_000 });
  });

  it('is fulfilled once, and late counts, marked as late', () => {
    expect(fulfilled(begun, BY, 'seen', 10)).toMatchObject({ state: 'acknowledged', acknowledgedAt: 10, acknowledgedBy: BY.actor, late: false, note: 'seen' });
    const escalated = stepped(begun, 60_000);
    expect(fulfilled(escalated, BY, '', 70_000).late).toBe(false);
    const late = fulfilled(stepped(escalated, 90_000), BY, '', 95_000);
    expect(late).toMatchObject({ state: 'acknowledged', late: true });
    expect(fulfilled(late, BY, 'again', 96_000)).toBe(late);
    expect(stepOf(late, TERMS, 1e12)).toBeUndefined();
  });

  it('is late and escalated when its time has come, also when nobody has noted it down yet', () => {
    expect(isEscalated(begun, 59_999)).toBe(false);
    expect(isEscalated(begun, 60_000)).toBe(true);
    expect(fulfilled(stepped(begun, 60_000), BY, '', 90_000).late).toBe(true);
  });

  it('has a version that rises with every change', () => {
    const escalated = stepped(begun, 60_000);
    const overdue = stepped(escalated, 90_000);
    const versions = [begun, escalated, overdue, fulfilled(overdue, BY, '', 95_000)].map(dutyVersion);
    expect(versions).toEqual([1, 2, 3, 4]);
    expect(dutyVersion(fulfilled(begun, BY, '', 1))).toBe(2);
    expect(dutyVersion(fulfilled(escalated, BY, '', 61_000))).toBe(3);
  });
});
