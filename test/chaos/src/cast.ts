import type { KeyObject } from 'node:crypto';
import { connect, type Corridor } from '@corridor/client';
import { Category, Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { agree } from '@corridor/standalone/scenario/agree';
import { actorName, CAST, OPERATOR } from '@corridor/standalone/scenario/cast';
import { Company } from '@corridor/standalone/scenario/company';
import { prepareWarning } from '@corridor/standalone/scenario/early-warning';
import { enter, UNTIL } from '@corridor/standalone/scenario/enter';
import { ARRIVALS } from '@corridor/standalone/scenario/movements';
import { secretsIn, type Secrets } from '@corridor/standalone/scenario/secrets';
import { REVOKED_CONSENT, TERMS } from '@corridor/standalone/scenario/terms';
import { persistently } from '@corridor/test-e2e/persistently';

/** What a subscriber is to see of a report. */
export type Entitlement = 'exact' | 'masked' | 'without own nationals' | 'nothing' | 'until revoked';

/** A subscriber of a run. */
export interface Seat {
  readonly name: string;
  readonly actor: string;
  readonly purpose: Purpose;
  readonly sees: Entitlement;
}

export const OWNER = 'agencies/refugee-agency';
/** Who publishes. */
export const PUBLISHER = actorName('refugee-agency', 'desk-1');
/** Who grants and revokes for the owner. */
const OFFICER = actorName('refugee-agency', 'admin-1');
/** The State whose nationals one of the subscribers never sees. */
export const OWN_NATIONALS = 'SYR';

const desk = (agency: string): string => actorName(agency, 'desk-1');

export const EXACT: Seat = { name: 'exact', actor: desk('harbour-relief'), purpose: Purpose.PURPOSE_ASSISTANCE, sees: 'exact' };
const MASKED: Seat = { name: 'masked', actor: desk('migration-agency'), purpose: Purpose.PURPOSE_PLANNING, sees: 'masked' };
const FIREWALL: Seat = { name: 'firewall', actor: desk('homeland-authority'), purpose: Purpose.PURPOSE_EARLY_WARNING, sees: 'without own nationals' };
export const REFUSED: Seat = { name: 'refused', actor: desk('coastal-authority'), purpose: Purpose.PURPOSE_LAW_ENFORCEMENT, sees: 'nothing' };
export const REVOKED: Seat = { name: 'revoked', actor: desk('straits-forum'), purpose: Purpose.PURPOSE_STATISTICS, sees: 'until revoked' };
/** The same agency once more, in another place of the net: one that is made to stop reading. */
export const PAUSED: Seat = { name: 'paused', actor: desk('coastal-authority'), purpose: Purpose.PURPOSE_PLANNING, sees: 'masked' };

/** Who reads its own topic of the log. */
export const TOPIC_READER = 'harbour-relief';

/** Who subscribes in every run. */
export const SEATS: readonly Seat[] = [EXACT, MASKED, FIREWALL, REFUSED, REVOKED];

/** Everybody who takes part, each with as many connections as it asks for. */
export class Parties {
  readonly company: Company;
  readonly #secrets: Secrets;
  readonly #address: string;
  readonly #open: Corridor[] = [];

  constructor(address: string, folder: string) {
    this.#address = address;
    this.#secrets = secretsIn(folder, CAST);
    this.company = new Company({ address }, this.#secrets.actors);
  }

  /** A connection of its own, through the door of the node. */
  connect(actor: string): Corridor {
    const corridor = connect({ address: this.#address, credentials: { actor, secret: this.company.secretOf(actor) } });
    this.#open.push(corridor);
    return corridor;
  }

  get operator(): Corridor {
    return this.company.as(OPERATOR);
  }

  /** Founds the node; agencies, agreements and consents as in the demonstration, but for the one that is to be revoked. */
  async found(bootstrapSecret: string): Promise<void> {
    const keys: ReadonlyMap<string, KeyObject> = this.#secrets.signingKeys;
    const consents = TERMS.consents.filter(({ id }) => id !== REVOKED_CONSENT);
    await enter(CAST, this.company, bootstrapSecret, keys);
    await agree(CAST, { ...TERMS, consents }, this.company, keys);
    // What others publish is not its business: it reads one series.
    await prepareWarning(this.company, { owners: [], series: [ARRIVALS.name], categories: [], areas: [] });
    await this.company.as(actorName(TOPIC_READER, 'admin-1')).hub.openPartnerTopic({ parent: `agencies/${TOPIC_READER}`, purpose: EXACT.purpose, filter: undefined });
  }

  /** Lets the one who will be revoked receive. */
  async grant(consentId: string): Promise<void> {
    const consent = {
      name: '',
      version: 0n,
      recipient: REVOKED.actor.split('/actors/')[0] ?? '',
      categories: [Category.CATEGORY_MOVEMENT],
      purposes: [REVOKED.purpose],
      expireTime: UNTIL,
      revokeTime: undefined,
    };
    await persistently(() => this.company.as(OFFICER).hub.grantConsent({ parent: OWNER, consentId, consent }));
  }

  /** Takes it back; resolves with the answer, which may take as long as the node is cut off. */
  async revoke(consentId: string): Promise<void> {
    const name = `${OWNER}/consents/${consentId}`;
    await persistently(() => this.company.as(OFFICER).hub.revokeConsent({ name, expectedVersion: 0n }));
  }

  close(): void {
    for (const corridor of this.#open) corridor.close();
    this.company.close();
  }
}
