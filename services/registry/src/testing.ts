import { generateKeyPairSync, sign } from 'node:crypto';
import { type Client, Metadata } from '@grpc/grpc-js';
import {
  AgencyKind,
  Category,
  OnwardSharing,
  PersonalDataLevel,
  PlacePrecision,
  Purpose,
} from '@corridor/contracts/common/v1/vocabulary';
import { type NewActor, type NewAgency, RegistryServiceService } from '@corridor/contracts/registry/v1/registry';
import { type Agreement, type Clause, ClauseEffect, type Group, Role } from '@corridor/contracts/registry/v1/resources';

/**
 * A node with agencies, actors, keys, agreements and groups, made through its RPCs: for the tests of other services and
 * for demonstrations. Every actor's secret is `secretOf(name)`.
 */

/** An actor who has signed in. */
export interface TestActor {
  /** `agencies/{agency}/actors/{actor}`. */
  readonly name: string;
  readonly secret: string;
  readonly token: string;
  /** With its token, for calls in its name. */
  readonly metadata: Metadata;
}

/** An agency with its administrator `admin` and a key registered as `first`. */
export interface TestAgency {
  readonly id: string;
  /** `agencies/{agency}`. */
  readonly name: string;
  readonly administrator: TestActor;
  /** Ed25519 over a text with the registered key. */
  sign(text: Uint8Array): Buffer;
}

/** What is said of an agency; an NGO unless it says otherwise. */
export interface AgencySpec {
  readonly id: string;
  readonly kind?: AgencyKind;
  readonly country?: string;
  readonly memberStates?: readonly string[];
  readonly areas?: readonly string[];
}

/** What is said of an agreement; its clauses permit everything everywhere unless they say otherwise. */
export interface AgreementSpec {
  readonly id: string;
  readonly parties: readonly TestAgency[];
  readonly clauses?: readonly Clause[];
  readonly group?: Group;
  /** Milliseconds since the epoch; a day before and ten years after the node's founding unless it says otherwise. */
  readonly effectiveFrom?: number;
  readonly expiresAt?: number;
}

/** The secret of an actor of a test node. */
export const secretOf = (name: string): string => `the secret of ${name}`;

const DAY_MS = 86_400_000;
const YEARS_10 = 3652 * DAY_MS;
const KEY_ID = 'first';

/** A permission as wide as one can be, with the changes given. */
export const permission = (change: Partial<Clause> = {}): Clause => ({
  clauseId: 'everything',
  effect: ClauseEffect.CLAUSE_EFFECT_PERMIT,
  owners: [],
  recipients: [],
  recipientKinds: [],
  categories: valuesOf(Category),
  purposes: valuesOf(Purpose),
  areas: ['WORLD'],
  levels: valuesOf(PersonalDataLevel),
  exact: false,
  onwardSharing: OnwardSharing.ONWARD_SHARING_PROHIBITED,
  highestPrecision: PlacePrecision.PLACE_PRECISION_POINT,
  retentionDays: 0,
  withoutBreakdown: false,
  secretariatBound: false,
  watermark: false,
  ...change,
});

/** A prohibition of everything, with the changes given. */
export const prohibition = (change: Partial<Clause> = {}): Clause => ({
  ...permission({ clauseId: 'nothing', categories: [], purposes: [], areas: [], levels: [] }),
  effect: ClauseEffect.CLAUSE_EFFECT_PROHIBIT,
  onwardSharing: OnwardSharing.ONWARD_SHARING_UNSPECIFIED,
  highestPrecision: PlacePrecision.PLACE_PRECISION_UNSPECIFIED,
  ...change,
});

/** The values of a contract's enum, without the one that is never accepted. */
const valuesOf = <V extends number>(contract: Readonly<Record<string, V>>): readonly V[] =>
  Object.values(contract).filter((value) => value > 0);

/** A node that was founded through a client. */
export class TestNode {
  readonly client: Client;
  /** Milliseconds since the epoch at which keys and agreements begin to count. */
  readonly since: number;
  readonly #operator: TestActor;
  readonly #agencies = new Map<string, TestAgency>();

  private constructor(client: Client, operator: TestActor, since: number) {
    this.client = client;
    this.#operator = operator;
    this.since = since;
  }

  /**
   * Performs the founding act with the operator `ops` and two agencies.
   * @param now the node's time, in milliseconds since the epoch
   */
  static async found(
    client: Client,
    bootstrapSecret: string,
    agencies: readonly [AgencySpec, AgencySpec],
    now = Date.now(),
  ): Promise<TestNode> {
    const operator = newActor('operator', 'ops', [Role.ROLE_OPERATOR]);
    await unary(client, RegistryServiceService.found, { bootstrapSecret, operator, agencies: agencies.map(newAgency) });
    const node = new TestNode(client, await signIn(client, 'agencies/operator/actors/ops'), now - DAY_MS);
    for (const { id } of agencies) await node.#equip(id);
    return node;
  }

  get operator(): TestActor {
    return this.#operator;
  }

  /** An agency that has entered. */
  agency(id: string): TestAgency {
    const agency = this.#agencies.get(id);
    if (agency === undefined) throw new Error(`the test node has no agency ${id}`);
    return agency;
  }

  /** Brings agencies in until they are active: applied for by one founder, endorsed by it, verified, activated. */
  async enter(...specs: readonly AgencySpec[]): Promise<readonly TestAgency[]> {
    return Promise.all(specs.map((spec) => this.#enter(spec)));
  }

  async #enter(spec: AgencySpec): Promise<TestAgency> {
    const [founder] = this.#agencies.values();
    if (founder === undefined) throw new Error('the test node has no agency yet');
    const step = { name: `agencies/${spec.id}`, expectedVersion: 0n };
    await unary(this.client, RegistryServiceService.applyAgency, { agency: newAgency(spec) }, founder.administrator);
    await unary(this.client, RegistryServiceService.endorseAgency, step, founder.administrator);
    await unary(this.client, RegistryServiceService.verifyAgency, step, this.#operator);
    await unary(this.client, RegistryServiceService.activateAgency, step, this.#operator);
    return this.#equip(spec.id);
  }

  /** Signs the administrator in and registers a key. */
  async #equip(id: string): Promise<TestAgency> {
    const name = `agencies/${id}`;
    const administrator = await signIn(this.client, `${name}/actors/admin`);
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const signingKey = {
      keyId: KEY_ID,
      publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
      validFrom: new Date(this.since),
      validUntil: new Date(this.since + YEARS_10),
      revokeTime: undefined,
    };
    await unary(this.client, RegistryServiceService.addSigningKey, { agency: name, signingKey }, administrator);
    const agency: TestAgency = { id, name, administrator, sign: (text) => sign(null, text, privateKey) };
    this.#agencies.set(id, agency);
    return agency;
  }

  /** Adds an actor to an agency and signs it in. */
  async actor(agency: TestAgency, id: string, ...roles: readonly Role[]): Promise<TestActor> {
    await unary(this.client, RegistryServiceService.addActor, { agency: agency.name, actor: newActor(agency.id, id, roles) }, agency.administrator);
    return signIn(this.client, `${agency.name}/actors/${id}`);
  }

  /** Drafts an agreement and has every party sign it: in force. */
  async agree(spec: AgreementSpec): Promise<Agreement> {
    const { canonicalText, name } = await this.draft(spec);
    let agreement: Agreement | undefined;
    for (const party of spec.parties) {
      const request = { name, keyId: KEY_ID, signature: party.sign(canonicalText) };
      ({ agreement } = await unary(this.client, RegistryServiceService.signAgreement, request, party.administrator));
    }
    return there(agreement);
  }

  /** Drafts an agreement in the name of its first party. */
  async draft(spec: AgreementSpec): Promise<{ readonly name: string; readonly canonicalText: Buffer }> {
    const [first] = spec.parties;
    if (first === undefined) throw new Error('an agreement has parties');
    const agreement: Agreement = {
      name: '',
      version: 0n,
      title: `Agreement ${spec.id}`,
      template: 'information-sharing-protocol',
      parties: spec.parties.map(({ name }) => name),
      group: spec.group?.name ?? '',
      clauses: spec.clauses ?? [permission()],
      effectiveTime: new Date(spec.effectiveFrom ?? this.since),
      expireTime: new Date(spec.expiresAt ?? this.since + YEARS_10),
      state: 0,
      signatures: [],
      endedBy: '',
    };
    const drafted = await unary(this.client, RegistryServiceService.draftAgreement, { agreementId: spec.id, agreement }, first.administrator);
    return { name: there(drafted.agreement).name, canonicalText: drafted.canonicalText };
  }

  /** Creates a group with its members, the convener first. */
  async group(id: string, convener: TestAgency, ...members: readonly TestAgency[]): Promise<Group> {
    let { group } = await unary(this.client, RegistryServiceService.createGroup, { groupId: id, displayName: id }, convener.administrator);
    for (const member of members) {
      const request = { name: `groups/${id}`, member: member.name, expectedVersion: 0n };
      ({ group } = await unary(this.client, RegistryServiceService.addGroupMember, request, convener.administrator));
    }
    return there(group);
  }
}

/** Signs an actor of a test node in. */
export async function signIn(client: Client, name: string): Promise<TestActor> {
  const secret = secretOf(name);
  const { token } = await unary(client, RegistryServiceService.issueToken, { actor: name, secret });
  return { name, secret, token, metadata: bearer(token) };
}

/** Metadata with a token. */
export function bearer(token: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

/** A unary RPC of a generated service definition, e.g. `RegistryServiceService.getAgency`. */
interface UnaryRpc<Req, Res> {
  readonly path: string;
  readonly requestSerialize: (request: Req) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Res;
}

/** Calls an RPC, of whatever service the client's node has, in the name of an actor if given. Rejects with the ServiceError. */
export function unary<Req, Res>(client: Client, rpc: UnaryRpc<Req, Res>, request: Req, by?: TestActor): Promise<Res> {
  const { promise, resolve, reject } = Promise.withResolvers<Res>();
  const metadata = by?.metadata ?? new Metadata();
  client.makeUnaryRequest(rpc.path, rpc.requestSerialize, rpc.responseDeserialize, request, metadata, (error, response) => {
    if (error === null && response !== undefined) resolve(response);
    else reject(error ?? new Error('the call has neither answer nor error'));
  });
  return promise;
}

const newActor = (agency: string, actorId: string, roles: readonly Role[]): NewActor => ({
  actorId,
  roles,
  secret: secretOf(`agencies/${agency}/actors/${actorId}`),
});

const newAgency = ({ id, kind, country, memberStates, areas }: AgencySpec): NewAgency => ({
  agencyId: id,
  displayName: id,
  kind: kind ?? AgencyKind.AGENCY_KIND_NGO,
  country: country ?? '',
  memberStates: memberStates ?? [],
  areas: areas ?? [],
  firstActor: newActor(id, 'admin', [Role.ROLE_ADMINISTRATOR]),
});

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the answer lacks what it is about');
  return value;
}
