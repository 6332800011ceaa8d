import { agencyId, derivedUuid, utf8 } from '@corridor/kernel';
import { SEVERITIES, TLPS } from '@corridor/policy';
import { describe, expect, it } from 'vitest';
import { referenceText, restrictionOf, scopeOf, urgencyOf } from './cap.ts';

describe('a message of the Common Alerting Protocol', () => {
  it('has the scope of its label, and says its restriction where there is one', () => {
    expect(TLPS.map((tlp) => [tlp, scopeOf(tlp), restrictionOf(tlp, ['task-force'])])).toEqual([
      ['red', 'private', ''],
      ['amber+strict', 'private', ''],
      ['amber', 'restricted', 'TLP:AMBER: the receiving organisation and those it serves under the agreement'],
      ['green', 'restricted', 'TLP:GREEN: members of groups/task-force'],
      ['clear', 'public', ''],
    ]);
  });

  it('is as urgent as what it tells of is severe', () => {
    expect(SEVERITIES.map(urgencyOf)).toEqual(['immediate', 'expected', 'future', 'future', 'unknown']);
  });

  it('names others by sender, identifier and time as CAP writes it, in UTC without a Z', () => {
    const identifier = derivedUuid(0, utf8('first'));
    expect(referenceText(agencyId('early-warning'), { identifier, sent: Date.UTC(2026, 0, 2, 3, 4, 5) })).toBe(
      `agencies/early-warning,${identifier},2026-01-02T03:04:05-00:00`,
    );
  });
});
