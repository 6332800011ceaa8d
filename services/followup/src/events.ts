import { FollowupEvent } from '@corridor/contracts/followup/v1/followup';
import type { PendingEvent } from '@corridor/documents';
import type { Clock } from '@corridor/kernel';
import type { ActorRef } from '@corridor/policy';
import { encode, newEnvelope, newRecord, TOPICS, type DataKeys } from '@corridor/runtime';
import type { Happened } from './application/followup.ts';
import { contributionSubject, flowId } from './domain/contribution.ts';
import { meetingSubject } from './domain/meeting.ts';
import { planSubject } from './domain/plan.ts';
import { recommendationSubject } from './domain/recommendation.ts';
import { dataKeyOf, type Subject } from './domain/subject.ts';
import { contributionName, meetingName, planName, recommendationName } from './rpc/names.ts';
import { eventTo } from './rpc/to-wire.ts';

const TYPE = 'corridor.followup.v1.FollowupEvent';
const SOURCE = '/followup';

/** What happened, sealed under the data key of the object's owner and series and of the month in which its retention ends. */
export async function followupEvent(happened: Happened, by: ActorRef, keys: DataKeys, clock: Clock): Promise<PendingEvent> {
  const subject = subjectOf(happened);
  const sealWith = await keys.forSealing(dataKeyOf(subject));
  const clear = encode(FollowupEvent, eventTo(happened, by, clock.now()));
  const envelope = newEnvelope({ type: TYPE, subject: nameOf(happened), version: happened.state.version, source: SOURCE, clear, sealWith }, clock);
  return { topic: TOPICS.followup.name, ...newRecord(envelope) };
}

function subjectOf(happened: Happened): Subject {
  switch (happened.kind) {
    case 'meeting':
      return meetingSubject(happened.state, []);
    case 'recommendation':
      return recommendationSubject(happened.state);
    case 'plan':
      return planSubject(happened.state);
    case 'contribution':
      return contributionSubject(happened.state);
  }
}

function nameOf(happened: Happened): string {
  switch (happened.kind) {
    case 'meeting':
      return meetingName(happened.state.id);
    case 'recommendation':
      return recommendationName(happened.state.id);
    case 'plan':
      return planName(happened.state);
    case 'contribution':
      return contributionName(flowId(happened.state));
  }
}
