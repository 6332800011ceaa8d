import * as vocabulary from '@corridor/contracts/common/v1/vocabulary';
import { Handling as HandlingMessage } from '@corridor/contracts/common/v1/vocabulary';
import { SharingConsent } from '@corridor/contracts/hub/v1/hub';
import * as resources from '@corridor/contracts/registry/v1/resources';
import { actorId, agencyId, CorridorError, seriesId, uuid } from '@corridor/kernel';
import {
  AGENCY_KINDS,
  CATEGORIES,
  type Handling,
  LEGAL_BASES,
  ONWARD_SHARINGS,
  PERSONAL_DATA_LEVELS,
  PRECISIONS,
  PURPOSES,
  ROLES,
  TLPS,
} from '@corridor/policy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as runtime from './index.ts';
import { handlingFrom, handlingTo, translation, wire } from './index.ts';

const reasonOf = (act: () => unknown): { reason: string; field: string | undefined } => {
  try {
    act();
  } catch (error) {
    if (error instanceof CorridorError) return { reason: error.reason, field: error.metadata['field'] };
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('enums', () => {
  it.each([
    ['tlp', wire.tlp, vocabulary.Tlp, TLPS],
    ['category', wire.category, vocabulary.Category, CATEGORIES],
    ['purpose', wire.purpose, vocabulary.Purpose, PURPOSES],
    ['legalBasis', wire.legalBasis, vocabulary.LegalBasis, LEGAL_BASES],
    ['personalDataLevel', wire.personalDataLevel, vocabulary.PersonalDataLevel, PERSONAL_DATA_LEVELS],
    ['onwardSharing', wire.onwardSharing, vocabulary.OnwardSharing, ONWARD_SHARINGS],
    ['precision', wire.precision, vocabulary.PlacePrecision, PRECISIONS],
    ['agencyKind', wire.agencyKind, vocabulary.AgencyKind, AGENCY_KINDS],
    ['role', wire.role, resources.Role, ROLES],
  ] as const)('%s: every contract value has its own literal of the same name', (_, words, contract, literals) => {
    const named = Object.entries(contract).filter(([, value]) => value > 0);
    const translated = named.map(([name, value]) => [name, words.from(value, 'x')] as const);
    expect(translated.map(([, literal]) => literal).sort()).toEqual([...literals].sort());
    for (const [name, literal] of translated) expect(name.endsWith(literal.toUpperCase().replace(/[-+]/g, '_'))).toBe(true);
  });

  it('refuses UNSPECIFIED and every number the contract does not know, naming the field', () => {
    for (const value of [0, -1, 12, 1.5, 2 ** 31 - 1]) {
      expect(reasonOf(() => wire.category.from(value, 'publish.category'))).toEqual({
        reason: 'UNKNOWN_ENUM_VALUE',
        field: 'publish.category',
      });
    }
    expect(reasonOf(() => wire.role.allFrom([1, 0], 'roles')).field).toBe('roles[1]');
  });

  it('does not compile while a contract value or a literal is unmapped', () => {
    const { TLP_RED, TLP_AMBER_STRICT, TLP_AMBER, TLP_GREEN, TLP_CLEAR } = vocabulary.Tlp;
    const red = { red: TLP_RED, 'amber+strict': TLP_AMBER_STRICT, amber: TLP_AMBER, green: TLP_GREEN } as const;
    // @ts-expect-error TLP_CLEAR is unmapped
    translation(vocabulary.Tlp, ['red', 'amber+strict', 'amber', 'green'], red);
    // @ts-expect-error `white` is unmapped
    translation(vocabulary.Tlp, [...TLPS, 'white'], { ...red, clear: TLP_CLEAR });
    expect(translation(vocabulary.Tlp, TLPS, { ...red, clear: TLP_CLEAR }).to('clear')).toBe(TLP_CLEAR);
  });
});

const slug = fc.stringMatching(/^[a-z][a-z0-9-]{0,46}[a-z0-9]$/);
const ref = fc.record({ agency: slug.map((s) => agencyId(s)), actor: slug.map((s) => actorId(s)) });
const handling: fc.Arbitrary<Handling> = fc.record(
  {
    tlp: fc.constantFrom(...TLPS),
    purposes: fc.uniqueArray(fc.constantFrom(...PURPOSES), { minLength: 1 }),
    legalBasis: fc.constantFrom(...LEGAL_BASES),
    personalDataLevel: fc.constantFrom(...PERSONAL_DATA_LEVELS),
    retentionDays: fc.integer({ min: 1, max: 3660 }),
    onwardSharing: fc.constantFrom(...ONWARD_SHARINGS),
    precisionLimit: fc.constantFrom(...PRECISIONS),
    namedActors: fc.uniqueArray(ref, { maxLength: 3, selector: (r) => `${r.agency}/${r.actor}` }),
    communityGroups: fc.uniqueArray(slug, { maxLength: 3 }),
    publicityAttestedBy: ref,
  },
  {
    requiredKeys: [
      'tlp',
      'purposes',
      'legalBasis',
      'personalDataLevel',
      'retentionDays',
      'onwardSharing',
      'precisionLimit',
      'namedActors',
      'communityGroups',
    ],
  },
);

describe('handling', () => {
  it('comes back from its bytes as it was', () => {
    fc.assert(
      fc.property(handling, (value) => {
        const bytes = HandlingMessage.encode(handlingTo(value)).finish();
        expect(handlingFrom(HandlingMessage.decode(bytes))).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });

  const complete: HandlingMessage = {
    ...HandlingMessage.fromPartial({}),
    tlp: 2,
    purposes: [1],
    legalBasis: 3,
    personalDataLevel: 2,
    retentionDays: 30,
    onwardSharing: 1,
    precisionLimit: 2,
  };

  it.each([
    ['handling', undefined],
    ['handling.tlp', { ...complete, tlp: 0 }],
    ['handling.purposes', { ...complete, purposes: [] }],
    ['handling.purposes[1]', { ...complete, purposes: [1, 0] }],
    ['handling.legal_basis', { ...complete, legalBasis: 0 }],
    ['handling.personal_data_level', { ...complete, personalDataLevel: 0 }],
    ['handling.retention_days', { ...complete, retentionDays: 0 }],
    ['handling.onward_sharing', { ...complete, onwardSharing: 0 }],
    ['handling.precision_limit', { ...complete, precisionLimit: 0 }],
  ] as const)('without %s it is refused, naming that part', (field, message) => {
    expect(reasonOf(() => handlingFrom(message))).toEqual({ reason: 'HANDLING_MISSING', field });
  });

  it('refuses what no version of the contract allows', () => {
    expect(reasonOf(() => handlingFrom(HandlingMessage.decode(Buffer.from([8, 99]))))).toMatchObject({ reason: 'HANDLING_MISSING' });
    const unknown = HandlingMessage.decode(Buffer.concat([HandlingMessage.encode(complete).finish(), Buffer.from([8, 99])]));
    expect(reasonOf(() => handlingFrom(unknown))).toEqual({ reason: 'UNKNOWN_ENUM_VALUE', field: 'handling.tlp' });
    expect(reasonOf(() => handlingFrom({ ...complete, retentionDays: 3661 })).reason).toBe('INVALID_ARGUMENT');
    expect(reasonOf(() => handlingFrom({ ...complete, purposes: [1, 1] })).reason).toBe('INVALID_ARGUMENT');
    expect(reasonOf(() => handlingFrom({ ...complete, namedActors: ['agencies/a/actors/b'] })).reason).toBe('INVALID_ID');
    const groups = Array.from({ length: 21 }, (_, i) => `groups/group-${i}`);
    expect(reasonOf(() => handlingFrom({ ...complete, communityGroups: groups })).reason).toBe('INVALID_ARGUMENT');
  });
});

describe('resource names', () => {
  const id = uuid('0190163d-8694-739b-aea5-966c26f8ad91');
  const owner = agencyId('unhcr');
  it.each([
    ['agencies/unhcr', runtime.agencyName(owner), runtime.parseAgencyName, 'unhcr'],
    ['agencies/unhcr/actors/a7', runtime.actorName({ agency: owner, actor: actorId('a7') }), runtime.parseActorName, { agency: 'unhcr', actor: 'a7' }],
    ['agencies/unhcr/series/arrivals', runtime.seriesName({ owner, series: seriesId('arrivals') }), runtime.parseSeriesName, { owner: 'unhcr', series: 'arrivals' }],
    [
      `agencies/unhcr/series/arrivals/updates/${id}`,
      runtime.updateName({ owner, series: seriesId('arrivals'), update: id }),
      runtime.parseUpdateName,
      { owner: 'unhcr', series: 'arrivals', update: id },
    ],
    ['groups/task-force', runtime.groupName('task-force'), runtime.parseGroupName, 'task-force'],
    ['agreements/isp-2', runtime.agreementName('isp-2'), runtime.parseAgreementName, 'isp-2'],
    ['agencies/unhcr/consents/c1', runtime.consentName({ owner, consent: 'c1' }), runtime.parseConsentName, { owner: 'unhcr', consent: 'c1' }],
    [
      'agencies/unhcr/focalPoints/sar',
      runtime.focalPointName({ agency: owner, focalPoint: 'sar' }),
      runtime.parseFocalPointName,
      { agency: 'unhcr', focalPoint: 'sar' },
    ],
  ] as const)('%s is written and parsed alike', (name, written, parse, parsed) => {
    expect(written).toBe(name);
    expect(parse(name, 'name')).toEqual(parsed);
    for (const wrong of ['', name.slice(1), `${name}/`, `/${name}`, `${name}/x`, name.replace('/', '//'), name.toUpperCase(), `${name} `]) {
      expect(reasonOf(() => parse(wrong, 'request.name'))).toEqual({ reason: 'INVALID_ID', field: 'request.name' });
    }
  });
});

describe('facts', () => {
  it('of a clause keep every restriction', () => {
    const clause: resources.Clause = {
      clauseId: 'c1',
      effect: 1,
      owners: ['agencies/unhcr'],
      recipients: ['agencies/iom'],
      recipientKinds: [1, 3],
      categories: [1],
      purposes: [2],
      areas: ['WORLD'],
      levels: [2],
      exact: true,
      onwardSharing: 2,
      highestPrecision: 3,
      retentionDays: 9,
      withoutBreakdown: true,
      secretariatBound: true,
      watermark: true,
    };
    expect(runtime.clauseFacts(clause)).toEqual({
      id: 'c1',
      effect: 'permit',
      owners: ['unhcr'],
      recipients: ['iom'],
      recipientKinds: ['un-agency', 'ngo'],
      categories: ['movement'],
      purposes: ['assistance'],
      areas: ['WORLD'],
      levels: ['aggregate'],
      exact: true,
      onwardSharing: 'with-approval',
      highestPrecision: 'admin2',
      retentionDays: 9,
      withoutBreakdown: true,
      secretariatBound: true,
      watermark: true,
    });
    expect(reasonOf(() => runtime.clauseFacts({ ...clause, onwardSharing: 0 })).field).toBe('clause.onward_sharing');
    expect(runtime.clauseFacts({ ...clause, effect: 2, onwardSharing: 0, highestPrecision: 0 })).toMatchObject({
      effect: 'prohibit',
      onwardSharing: 'prohibited',
      highestPrecision: 'country',
    });
  });

  it('of a consent say who may receive, until when, and whether it was revoked', () => {
    const consent: SharingConsent = {
      ...SharingConsent.fromPartial({}),
      name: 'agencies/unhcr/consents/c1',
      version: 2n,
      recipient: 'groups/task-force',
      categories: [1],
      purposes: [1],
      expireTime: new Date(5000),
    };
    const fact = {
      id: 'unhcr/c1',
      version: 2,
      owner: 'unhcr',
      recipient: { kind: 'group', id: 'task-force' },
      categories: ['movement'],
      purposes: ['protection'],
      expiresAt: 5000,
      revoked: false,
    };
    expect(runtime.consentFacts(consent)).toEqual(fact);
    expect(runtime.consentFacts({ ...consent, revokeTime: new Date(1) })).toEqual({ ...fact, revoked: true });
    expect(reasonOf(() => runtime.consentFacts({ ...consent, recipient: 'unhcr' })).reason).toBe('INVALID_ID');
    expect(reasonOf(() => runtime.consentFacts({ ...consent, expireTime: undefined })).field).toBe('consent.expire_time');
  });

  it('of an agency carry an unknown country or kind to nobody', () => {
    const agency = resources.Agency.fromPartial({ name: 'agencies/greece', version: 1n, kind: 2, country: 'GRC', state: 4 });
    expect(runtime.agencyFacts(agency)).toEqual({
      id: 'greece',
      version: 1,
      kind: 'state-authority',
      state: 'active',
      country: 'GRC',
      memberStates: [],
    });
    expect(reasonOf(() => runtime.agencyFacts({ ...agency, version: 2n ** 60n })).field).toBe('agency.version');
  });
});
