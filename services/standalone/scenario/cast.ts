import { AgencyKind } from '@corridor/contracts/common/v1/vocabulary';
import { Role } from '@corridor/contracts/registry/v1/resources';

/** An actor of the play: an opaque staff id and what it may do. */
export interface ActorPart {
  readonly id: string;
  readonly roles: readonly Role[];
}

/** An agency of the play. Its first actor is its administrator. */
export interface AgencyPart {
  readonly id: string;
  readonly displayName: string;
  readonly kind: AgencyKind;
  readonly country?: string;
  readonly memberStates?: readonly string[];
  readonly actors: readonly [ActorPart, ...ActorPart[]];
}

/** Who takes part. The first two agencies found the node; the first of them endorses the others. */
export interface Cast {
  readonly agencies: readonly [AgencyPart, AgencyPart, ...AgencyPart[]];
}

/** The operator of the node. */
export const OPERATOR = 'agencies/operator/actors/operator-1';

/** `agencies/{agency}/actors/{actor}`. */
export const actorName = (agency: string, actor: string): string => `agencies/${agency}/actors/${actor}`;
/** The administrator of an agency. */
export const administrator = ({ id, actors: [first] }: AgencyPart): string => actorName(id, first.id);

/** Every actor of the play, the operator included. */
export const actorsOf = ({ agencies }: Cast): readonly string[] => [
  OPERATOR,
  ...agencies.flatMap(({ id, actors }) => actors.map((actor) => actorName(id, actor.id))),
];

const ADMINISTRATOR: ActorPart = {
  id: 'admin-1',
  roles: [Role.ROLE_ADMINISTRATOR, Role.ROLE_DATA_PROTECTION_OFFICER],
};
const DESK: ActorPart = { id: 'desk-1', roles: [Role.ROLE_READER, Role.ROLE_PUBLISHER] };
const READER: ActorPart = { id: 'desk-1', roles: [Role.ROLE_READER] };
const APPROVER: ActorPart = { id: 'approver-1', roles: [Role.ROLE_APPROVER, Role.ROLE_READER] };
const ANALYST: ActorPart = { ...DESK, id: 'analyst-1' };
/** Whom alerts call. */
const DUTY: ActorPart = { id: 'duty-1', roles: [Role.ROLE_DUTY_OFFICER, Role.ROLE_READER] };

/** The agencies of the demonstration: one of each kind that meets at sea, and the one that warns. All names are invented. */
export const CAST: Cast = {
  agencies: [
    { id: 'refugee-agency', displayName: 'Refugee Agency', kind: AgencyKind.AGENCY_KIND_UN_AGENCY, actors: [ADMINISTRATOR, DESK] },
    { id: 'migration-agency', displayName: 'Migration Agency', kind: AgencyKind.AGENCY_KIND_UN_AGENCY, actors: [ADMINISTRATOR, DESK, APPROVER, DUTY] },
    { id: 'harbour-relief', displayName: 'Harbour Relief', kind: AgencyKind.AGENCY_KIND_NGO, actors: [ADMINISTRATOR, DESK, DUTY] },
    {
      id: 'straits-forum',
      displayName: 'Forum of the Straits',
      kind: AgencyKind.AGENCY_KIND_REGIONAL_BODY,
      memberStates: ['ESP', 'ITA', 'MAR', 'TUN'],
      actors: [ADMINISTRATOR, READER],
    },
    {
      id: 'coastal-authority',
      displayName: 'Coastal Authority (State of destination)',
      kind: AgencyKind.AGENCY_KIND_STATE_AUTHORITY,
      country: 'ITA',
      actors: [ADMINISTRATOR, DESK],
    },
    {
      id: 'homeland-authority',
      displayName: 'Homeland Authority (State of origin)',
      kind: AgencyKind.AGENCY_KIND_STATE_AUTHORITY,
      country: 'SYR',
      actors: [ADMINISTRATOR, READER],
    },
    { id: 'early-warning', displayName: 'Early Warning Service', kind: AgencyKind.AGENCY_KIND_UN_AGENCY, actors: [ADMINISTRATOR, ANALYST, APPROVER] },
  ],
};
