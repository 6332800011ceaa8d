import { FollowupServiceService } from '@corridor/contracts/followup/v1/followup';
import { Leases } from '@corridor/documents';
import { Entitlements, recordBook } from '@corridor/entitlement';
import { CorridorError, type Recurring } from '@corridor/kernel';
import { containsById, openGazetteer } from '@corridor/places';
import { Outboxes, sealedCollection, SealedDocuments, type Ports, type SealedSpec, type Service } from '@corridor/runtime';
import type { Followup } from './application/followup.ts';
import { BATCHES, CONTRIBUTIONS, MEETINGS, PLANS, RECOMMENDATIONS } from './application/stored.ts';
import { Visibility } from './application/visibility.ts';
import { followupEvent } from './events.ts';
import { keepUp } from './jobs/keep-up.ts';
import { followupMethods } from './rpc/methods.ts';
import type { Served } from './rpc/served.ts';

/** Recommendation follow-up over its ports. It adds its RPCs at once and answers them from `start` on. */
export function build(ports: Ports): Service {
  const { documents, log, keys, policy, rpc, clock, report } = ports;
  const outboxes = new Outboxes('followup', ports);
  let served: Served | undefined;
  let job: Recurring | undefined;

  rpc.add(FollowupServiceService, followupMethods(() => {
    if (served === undefined) throw new CorridorError('UNAVAILABLE', 'follow-up is not serving');
    return served;
  }));

  const sealed = async <T>(spec: SealedSpec<T>): Promise<SealedDocuments<T>> => new SealedDocuments(await outboxes.open(sealedCollection(spec)), spec, keys.data);

  async function open(): Promise<Followup> {
    const gazetteer = openGazetteer();
    const contains = containsById(gazetteer);
    const book = recordBook(log, clock, '/followup');
    return {
      meetings: await sealed(MEETINGS),
      recommendations: await sealed(RECOMMENDATIONS),
      plans: await sealed(PLANS),
      contributions: await sealed(CONTRIBUTIONS),
      batches: new SealedDocuments(await documents.collection(sealedCollection(BATCHES)), BATCHES, keys.data),
      visibility: new Visibility({ policy, entitlements: new Entitlements(policy, book, contains, clock), book, clock }),
      policy,
      places: { contains, isPlace: (id) => gazetteer.place(id) !== undefined },
      clock,
      eventOf: (happened, by) => followupEvent(happened, by, keys.data, clock),
    };
  }

  return {
    name: 'followup',
    async start() {
      const followup = await open();
      job = keepUp(followup, await Leases.open(documents, 'followup.leases', clock), report);
      await job.start();
      served = { followup, pageTokens: await keys.aead('followup-page-tokens') };
    },
    async stop() {
      served = undefined;
      await job?.stop();
      await outboxes.stop();
    },
    unwell: () => outboxes.failure,
  };
}
