import type { JSX } from 'preact';
import { agencyOf } from '../api/common.ts';
import { type Addressee, type Obstacle, type Recommendation, resolveObstacle } from '../api/followup.ts';
import { useSeat, useSpeech } from '../console-context.ts';
import { AgencyName, Badge, Fact, Foreign, ForeignText, Time } from './basics.tsx';
import { ActionForm, Lines } from './fields.tsx';

interface Shown {
  readonly recommendation: Recommendation;
  readonly present: boolean;
  readonly put: (recommendation: Recommendation) => void;
}

/** What stands in the way of an addressed agency. */
export function Obstacles({ addressee, recommendation, present, put }: Shown & { readonly addressee: Addressee }): JSX.Element {
  const { messages } = useSpeech();
  const texts = messages.recommendations;
  return (
    <>
      <h3>{texts.obstacles}</h3>
      {addressee.obstacles.length === 0 && <p class="quiet">{texts.noObstacles}</p>}
      <ul class="thread">
        {addressee.obstacles.map((obstacle) => (
          <ObstacleItem key={obstacle.obstacleId} obstacle={obstacle} recommendation={recommendation} present={present} put={put} />
        ))}
      </ul>
    </>
  );
}

function ObstacleItem({ obstacle, recommendation, present, put }: Shown & { readonly obstacle: Obstacle }): JSX.Element {
  const { messages } = useSpeech();
  const { can, session } = useSeat();
  const texts = messages.recommendations;
  const { text, owner, remedy, openTime, resolveTime, resolution, reportedBy } = obstacle;
  const concerns = owner === session.agency || `agencies/${agencyOf(reportedBy)}` === session.agency;
  return (
    <li>
      <p class="meta">
        {resolveTime === undefined ? <Badge tone="warn">{texts.open}</Badge> : <Badge tone="good">{texts.resolved}</Badge>}
        {openTime !== undefined && (
          <span>
            {texts.opened} <Time at={openTime} />
          </span>
        )}
        {resolveTime !== undefined && (
          <span>
            {texts.resolved} <Time at={resolveTime} />
          </span>
        )}
      </p>
      <ForeignText>{text}</ForeignText>
      <dl class="facts">
        <Fact label={texts.toRemove}>
          <AgencyName name={owner} />
        </Fact>
        {remedy !== '' && (
          <Fact label={texts.remedy}>
            <Foreign>{remedy}</Foreign>
          </Fact>
        )}
        {resolution !== '' && (
          <Fact label={texts.resolution}>
            <Foreign>{resolution}</Foreign>
          </Fact>
        )}
      </dl>
      {present && concerns && resolveTime === undefined && can('followup/resolve-obstacle') && (
        <details>
          <summary>{texts.resolve}</summary>
          <ActionForm submit={texts.resolve} done={texts.resolvedNow} act={async (value) => put(await resolveObstacle(recommendation, obstacle.obstacleId, value('resolution')))}>
            <Lines label={texts.resolution} name="resolution" maxLength={1000} required />
          </ActionForm>
        </details>
      )}
    </li>
  );
}
