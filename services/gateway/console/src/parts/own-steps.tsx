import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { v7 as uuidv7 } from 'uuid';
import { type Addressee, openObstacle, type Recommendation, reportProgress, setPosition } from '../api/followup.ts';
import { listFocalPoints } from '../api/registry.ts';
import type { ImplementationName, PositionName } from '../api/vocabulary.ts';
import { useSeat, useSpeech } from '../console-context.ts';
import { useLoad } from '../load.ts';
import { Refused } from './basics.tsx';
import { ActionForm, Choice, Line, Lines } from './fields.tsx';
import { mayReport } from './may.ts';

interface Shown {
  readonly addressee: Addressee;
  readonly recommendation: Recommendation;
  readonly put: (recommendation: Recommendation) => void;
}

/** What actors of an addressed agency may do: report, state the position, report an obstacle. */
export function OwnSteps({ addressee, recommendation, put }: Shown): JSX.Element | null {
  const { can, session } = useSeat();
  const { loaded } = useLoad((signal) => listFocalPoints(session.agency, signal), [session.agency]);
  if (loaded.state === 'loading') return null;
  if (loaded.state === 'refused') return <Refused refusal={loaded.refusal} />;
  const reports = mayReport(recommendation, loaded.value, session.actor, can('followup/set-position'), Date.now());
  return (
    <div class="actions">
      {reports && can('followup/report-progress') && <Report addressee={addressee} recommendation={recommendation} put={put} />}
      {can('followup/set-position') && <PositionStep addressee={addressee} recommendation={recommendation} put={put} />}
      {reports && can('followup/open-obstacle') && <ObstacleStep addressee={addressee} recommendation={recommendation} put={put} />}
    </div>
  );
}

function Report({ addressee, recommendation, put }: Shown): JSX.Element {
  const { messages } = useSpeech();
  const texts = messages.recommendations;
  const [reportId, setReportId] = useState(() => uuidv7());
  return (
    <details>
      <summary>{texts.report}</summary>
      {addressee.obstacles.some(({ resolveTime }) => resolveTime === undefined) && <p class="notice">{texts.blockedHint}</p>}
      <ActionForm
        submit={texts.submit}
        done={texts.reported}
        act={async (value) => {
          const implementation = chosen(messages.words.implementation, value('implementation'));
          const uri = value('uri');
          put(await reportProgress(recommendation, { reportId, implementation, text: value('text'), evidence: uri === '' ? [] : [{ uri, title: value('title') || uri }] }));
          setReportId(uuidv7());
        }}
      >
        <Choice<ImplementationName> label={texts.implementation} name="implementation" options={messages.words.implementation} required />
        <Lines label={texts.reportText} name="text" maxLength={4000} required />
        <Line label={texts.evidenceUri} name="uri" type="url" pattern="https://.*" maxLength={2000} />
        <Line label={texts.evidenceTitle} name="title" maxLength={300} />
      </ActionForm>
    </details>
  );
}

function PositionStep({ recommendation, put }: Shown): JSX.Element {
  const { messages } = useSpeech();
  const texts = messages.recommendations;
  const { POSITION_ACCEPTED, POSITION_NOTED, POSITION_REJECTED } = messages.words.position;
  const positions = { POSITION_ACCEPTED, POSITION_NOTED, POSITION_REJECTED };
  return (
    <details>
      <summary>{texts.setPosition}</summary>
      <ActionForm
        submit={texts.submit}
        done={texts.positionSet}
        act={async (value) => put(await setPosition(recommendation, chosen<PositionName>(messages.words.position, value('position')), value('text')))}
      >
        <Choice label={texts.position} name="position" options={positions} required />
        <Lines label={texts.positionText} name="text" maxLength={4000} />
      </ActionForm>
    </details>
  );
}

function ObstacleStep({ recommendation, put }: Shown): JSX.Element {
  const { messages } = useSpeech();
  const { session } = useSeat();
  const texts = messages.recommendations;
  const [obstacleId, setObstacleId] = useState(() => uuidv7());
  return (
    <details>
      <summary>{texts.addObstacle}</summary>
      <ActionForm
        submit={texts.submit}
        done={texts.obstacleAdded}
        act={async (value) => {
          put(await openObstacle(recommendation, { obstacleId, text: value('text'), owner: value('owner'), remedy: value('remedy') }));
          setObstacleId(uuidv7());
        }}
      >
        <Lines label={texts.obstacleText} name="text" maxLength={1000} required />
        <Line label={texts.obstacleOwner} name="owner" defaultValue={session.agency} pattern="agencies/[a-z0-9\-]+" required />
        <Lines label={texts.remedy} name="remedy" maxLength={1000} />
      </ActionForm>
    </details>
  );
}

/** The name that was chosen of a vocabulary. */
function chosen<N extends string>(words: Readonly<Record<N, string>>, name: string): N {
  const isName = (each: string): each is N => Object.hasOwn(words, each);
  if (!isName(name)) throw new Error(`${name} cannot be chosen`);
  return name;
}
