import { Admission } from '@corridor/contracts/node/v1/node';
import { Role } from '@corridor/contracts/registry/v1/resources';
import { ROLES } from '@corridor/policy';
import { describe, expect, it } from 'vitest';
import { demandFromWire, demandToWire, type RpcDemands } from './demands.ts';

describe('what an RPC demands', () => {
  it.each<[RpcDemands]>([['nothing'], [{ roles: 'every actor' }], [{ roles: 'every actor', whileInactive: true }], [{ roles: ['reader', 'operator'] }], [{ roles: ROLES, whileInactive: true }]])(
    'is read as it was written: %j',
    (demand) => {
      expect(demandFromWire(demandToWire('/a.B/C', demand))).toEqual(demand);
    },
  );

  it('admits nobody by what a newer version means', () => {
    const wire = demandToWire('/a.B/C', { roles: ['reader'] });
    expect(demandFromWire({ ...wire, roles: [Role.UNRECOGNIZED] })).toEqual({ roles: [] });
    for (const admission of [Admission.ADMISSION_UNSPECIFIED, Admission.UNRECOGNIZED]) expect(demandFromWire({ ...wire, admission })).toEqual({ roles: [] });
  });
});
