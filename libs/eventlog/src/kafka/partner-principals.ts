import { randomBytes } from 'node:crypto';
import { CorridorError, type AgencyId } from '@corridor/kernel';
import kafkajs, { type AclEntry, type Admin } from 'kafkajs';
import errors from 'kafkajs/src/protocol/error.js';
import { type PartnerAccess, type PartnerMechanism, partnerTopicName } from '../partner-topics.ts';
import { faultName } from './faults.ts';
import type { Patience } from './patience.ts';
import { describeUser, MECHANISMS, removeCredential, type ScramOutcome, setCredential } from './scram.ts';
import type { Wire } from './wire.ts';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const PASSWORD_BYTES = 32;
/** Two numbers in turn, so that a broker that still has the credential of before is known by it. */
const ITERATIONS = [8192, 8193] as const;
/** How often a broker is asked whether a change has reached it, ms. */
const ASK_EVERY = 10;
const ANY_HOST = '*';

/** Where partners reach the log, and how they prove who they are there. */
export interface KafkaOutside {
  /** `host:port` of some brokers, at the listener for partners. */
  readonly brokers: readonly string[];
  readonly mechanism: PartnerMechanism;
}

/**
 * The principals of partners: one for each agency, `corridor-partner-{agency}`, that may read its topic and use the
 * consumer groups `partner.{agency}.*`, and nothing else. No group of the log begins with `partner.`.
 */
export class PartnerPrincipals {
  readonly #admin: Admin;
  readonly #wire: Wire;
  readonly #patience: Patience;
  readonly #outside: KafkaOutside;

  constructor(admin: Admin, wire: Wire, patience: Patience, outside: KafkaOutside) {
    this.#admin = admin;
    this.#wire = wire;
    this.#patience = patience;
    this.#outside = outside;
  }

  /** Lets the agency's principal read; resolves once the brokers say so. */
  async grant(agency: AgencyId): Promise<void> {
    await this.#authorize(() => this.#admin.createAcls({ acl: rightsOf(agency) }));
    await this.#patience.until(() => this.isGranted(agency), ASK_EVERY);
  }

  async isGranted(agency: AgencyId): Promise<boolean> {
    const { resources } = await this.#authorize(() => this.#admin.describeAcls(everyRightOf(agency)));
    return resources.flatMap(({ acls }) => acls).length >= rightsOf(agency).length;
  }

  /**
   * Gives the agency's principal a new password; resolves once every broker knows that and no longer the one before, or
   * once the agency has no rights any more: then somebody else may have taken the password away.
   */
  async issue(agency: AgencyId): Promise<PartnerAccess> {
    const { mechanism, brokers } = this.#outside;
    const user = partnerUser(agency);
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    const known = await this.#patience.call(() => this.#describe(user));
    const iterations = ITERATIONS.find((each) => known.every((kept) => kept.get(mechanism) !== each)) ?? ITERATIONS[0];
    const request = await setCredential({ user, mechanism, password, iterations });
    await this.#patience.call(async () => refuseFailed(await this.#wire.one(request)));
    await this.#patience.until(async () => (await this.#describe(user)).every((kept) => kept.get(mechanism) === iterations) || !(await this.isGranted(agency)), ASK_EVERY);
    return { brokers, topic: partnerTopicName(agency), mechanism, username: user, password, groupPrefix: partnerGroupPrefix(agency) };
  }

  /**
   * Takes rights and credentials away; resolves once every broker knows. Brokers learn of changes in the order in which
   * they were made: one that has no credential any more has no rights either.
   */
  async revoke(agency: AgencyId): Promise<void> {
    const user = partnerUser(agency);
    await this.#authorize(() => this.#admin.deleteAcls({ filters: [everyRightOf(agency)] }));
    await this.#patience.until(async () => !(await this.#hasRights(agency)), ASK_EVERY);
    await this.discard(agency);
    await this.#patience.until(async () => (await this.#describe(user)).every((kept) => kept.size === 0), ASK_EVERY);
  }

  /** Takes the credentials away, and leaves the rights as they are. */
  async discard(agency: AgencyId): Promise<void> {
    for (const mechanism of MECHANISMS) {
      await this.#patience.call(async () => refuseFailed(await this.#wire.one(removeCredential(partnerUser(agency), mechanism))));
    }
  }

  async #hasRights(agency: AgencyId): Promise<boolean> {
    const { resources } = await this.#authorize(() => this.#admin.describeAcls(everyRightOf(agency)));
    return resources.length > 0;
  }

  /** What each broker knows of a user: how often its password is hashed, by mechanism. */
  async #describe(user: string): Promise<readonly ReadonlyMap<PartnerMechanism, number>[]> {
    const answers = await this.#wire.all(describeUser(user));
    refuseFailed(answers);
    return answers.map(({ iterations }) => iterations);
  }

  async #authorize<T>(act: () => Promise<T>): Promise<T> {
    return this.#patience.call(async () => {
      try {
        return await act();
      } catch (error) {
        if (faultName(error) !== 'SECURITY_DISABLED') throw error;
        throw new CorridorError('CONFIG_INVALID', 'the brokers authorize nobody: partners would read everything; set authorizer.class.name', {}, { cause: error });
      }
    });
  }
}

/** How the names of an agency's own consumer groups begin. */
export const partnerGroupPrefix = (agency: AgencyId): string => `partner.${agency}.`;

const partnerUser = (agency: AgencyId): string => `corridor-partner-${agency}`;
const principalOf = (agency: AgencyId): string => `User:${partnerUser(agency)}`;

/** To read is to describe, too. */
function rightsOf(agency: AgencyId): AclEntry[] {
  const right = { principal: principalOf(agency), host: ANY_HOST, operation: AclOperationTypes.READ, permissionType: AclPermissionTypes.ALLOW };
  return [
    { ...right, resourceType: AclResourceTypes.TOPIC, resourceName: partnerTopicName(agency), resourcePatternType: ResourcePatternTypes.LITERAL },
    { ...right, resourceType: AclResourceTypes.GROUP, resourceName: partnerGroupPrefix(agency), resourcePatternType: ResourcePatternTypes.PREFIXED },
  ];
}

const everyRightOf = (agency: AgencyId) => ({
  principal: principalOf(agency),
  resourceType: AclResourceTypes.ANY,
  resourcePatternType: ResourcePatternTypes.ANY,
  operation: AclOperationTypes.ANY,
  permissionType: AclPermissionTypes.ANY,
});

function refuseFailed(outcomes: readonly Pick<ScramOutcome, 'errorCode'>[]): void {
  for (const { errorCode } of outcomes) if (errorCode !== 0) throw errors.createErrorFromCode(errorCode);
}
