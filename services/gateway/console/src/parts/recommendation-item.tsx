import type { JSX } from 'preact';
import { idOf } from '../api/common.ts';
import type { Addressee, Recommendation } from '../api/followup.ts';
import type { ImplementationName, PositionName, TimelinessName, VerificationName } from '../api/vocabulary.ts';
import { useSpeech } from '../console-context.ts';
import { hrefOf } from '../route.ts';
import { AgencyName, Badge, Day, Foreign, PlaceName, type Tone } from './basics.tsx';

const POSITION: Readonly<Record<PositionName, Tone>> = { POSITION_UNSPECIFIED: 'plain', POSITION_ACCEPTED: 'good', POSITION_NOTED: 'info', POSITION_REJECTED: 'bad' };
const IMPLEMENTATION: Readonly<Record<ImplementationName, Tone>> = {
  IMPLEMENTATION_NOT_STARTED: 'plain',
  IMPLEMENTATION_IN_PROGRESS: 'info',
  IMPLEMENTATION_IMPLEMENTED: 'good',
  IMPLEMENTATION_NO_LONGER_RELEVANT: 'plain',
};
const VERIFICATION: Readonly<Record<VerificationName, Tone>> = {
  VERIFICATION_UNSPECIFIED: 'plain',
  VERIFICATION_SELF_REPORTED: 'info',
  VERIFICATION_PEER_VERIFIED: 'good',
  VERIFICATION_DISPUTED: 'bad',
};
const TIMELINESS: Readonly<Record<TimelinessName, Tone>> = { TIMELINESS_UNSPECIFIED: 'plain', TIMELINESS_ON_TIME: 'good', TIMELINESS_OVERDUE: 'bad' };

/** Where an agency stands on the four axes, none of which follows from another but timeliness. */
export function Axes({ addressee: { position, implementation, verification, timeliness, obstacles } }: { readonly addressee: Addressee }): JSX.Element {
  const { messages } = useSpeech();
  const { words } = messages;
  return (
    <>
      <Badge tone={POSITION[position]}>{words.position[position]}</Badge>
      <Badge tone={IMPLEMENTATION[implementation]}>{words.implementation[implementation]}</Badge>
      <Badge tone={VERIFICATION[verification]}>{words.verification[verification]}</Badge>
      <Badge tone={TIMELINESS[timeliness]}>{words.timeliness[timeliness]}</Badge>
      {obstacles.some(({ resolveTime }) => resolveTime === undefined) && <Badge tone="warn">{messages.recommendations.openObstacle}</Badge>}
    </>
  );
}

/** One recommendation in a list. */
export function RecommendationItem({ recommendation, asOf }: { readonly recommendation: Recommendation; readonly asOf: string }): JSX.Element {
  const { messages } = useSpeech();
  const texts = messages.recommendations;
  const { name, text, reference, area, themes, dueTime, addressees } = recommendation;
  return (
    <article class="item">
      <h3>
        <a class="clamp" href={hrefOf(['recommendations', idOf(name)], { asOf })}>
          {reference !== '' && <span class="reference">{reference} </span>}
          <bdi>{text}</bdi>
        </a>
      </h3>
      <p class="meta quiet">
        <PlaceName id={area} />
        <span>{themes.map((theme) => messages.words.theme[theme]).join(', ')}</span>
        {dueTime !== undefined && (
          <span>
            {texts.due} <Day at={dueTime} />
          </span>
        )}
        {recommendation.meeting !== '' && <Foreign>{idOf(recommendation.meeting)}</Foreign>}
      </p>
      <ul class="addressees">
        {addressees.map((addressee) => (
          <li key={addressee.agency} class="meta">
            <AgencyName name={addressee.agency} />
            <Axes addressee={addressee} />
          </li>
        ))}
      </ul>
    </article>
  );
}
