import type { JSX } from 'preact';
import { idOf } from '../api/common.ts';
import { type Addressee, getRecommendation, type ProgressReport, type Recommendation, verifyProgress } from '../api/followup.ts';
import { useSeat, useSpeech } from '../console-context.ts';
import { useLoad } from '../load.ts';
import { ActorName, AgencyName, Badge, Day, Fact, Foreign, ForeignText, Identifier, PlaceName, Show, Time, TlpLabel } from '../parts/basics.tsx';
import { ActionForm, Choice, Lines } from '../parts/fields.tsx';
import { Obstacles } from '../parts/obstacles.tsx';
import { OwnSteps } from '../parts/own-steps.tsx';
import { Axes } from '../parts/recommendation-item.tsx';
import { hrefOf, type PageProps } from '../route.ts';
import { asOfIn } from './recommendations.tsx';

/** One recommendation: what was recommended, what each addressed agency has done, and what its reader may do now. */
export function RecommendationPage({ route, id }: PageProps): JSX.Element {
  const { messages, format } = useSpeech();
  const texts = messages.recommendations;
  const asOf = asOfIn(route.query);
  const { loaded, again, put } = useLoad((signal) => getRecommendation(`recommendations/${id}`, asOf, signal), [id, asOf]);
  return (
    <>
      <p>
        <a href={hrefOf(['recommendations'], { asOf })}>{texts.back}</a>
      </p>
      {asOf !== '' && <p class="notice">{texts.asOfBanner(format.time(Date.parse(asOf)))}</p>}
      <Show loaded={loaded} again={again}>
        {(recommendation) => <Detail recommendation={recommendation} present={asOf === ''} put={put} />}
      </Show>
    </>
  );
}

interface Shown {
  readonly recommendation: Recommendation;
  /** Whether it is shown as it stands now: only then can it be changed. */
  readonly present: boolean;
  readonly put: (recommendation: Recommendation) => void;
}

function Detail({ recommendation, present, put }: Shown): JSX.Element {
  const { messages } = useSpeech();
  const texts = messages.recommendations;
  const { reference, text, themes, recommender, area, dueTime, adoptTime, meeting, duplicateOf, addressees, handling } = recommendation;
  return (
    <article class="detail">
      <h1>
        {texts.one} {reference !== '' ? <Foreign>{reference}</Foreign> : <Identifier>{idOf(recommendation.name)}</Identifier>}
      </h1>
      <ForeignText>{text}</ForeignText>
      <dl class="facts">
        <Fact label={texts.theme}>{themes.map((theme) => messages.words.theme[theme]).join(', ')}</Fact>
        <Fact label={texts.area}>
          <PlaceName id={area} />
        </Fact>
        <Fact label={texts.due}>{dueTime === undefined ? texts.noDue : <Day at={dueTime} />}</Fact>
        <Fact label={texts.meeting}>
          <Foreign>{idOf(meeting)}</Foreign>
        </Fact>
        {adoptTime !== undefined && (
          <Fact label={texts.adopted}>
            <Day at={adoptTime} />
          </Fact>
        )}
        {recommender !== '' && (
          <Fact label={texts.recommender}>
            <Foreign>{recommender}</Foreign>
          </Fact>
        )}
        {duplicateOf !== '' && (
          <Fact label={texts.repeats}>
            <a href={hrefOf(['recommendations', idOf(duplicateOf)])}>
              <Identifier>{idOf(duplicateOf)}</Identifier>
            </a>
          </Fact>
        )}
        {handling !== undefined && (
          <Fact label={messages.alerts.handling}>
            <TlpLabel tlp={handling.tlp} />
          </Fact>
        )}
      </dl>
      {addressees.map((addressee) => (
        <AddresseeSection key={addressee.agency} addressee={addressee} recommendation={recommendation} present={present} put={put} />
      ))}
    </article>
  );
}

function AddresseeSection({ addressee, recommendation, present, put }: Shown & { readonly addressee: Addressee }): JSX.Element {
  const { messages } = useSpeech();
  const { session } = useSeat();
  const texts = messages.recommendations;
  const own = addressee.agency === session.agency;
  return (
    <section class="addressee">
      <h2>
        <AgencyName name={addressee.agency} />
      </h2>
      <p class="meta">
        <Axes addressee={addressee} />
      </p>
      {addressee.positionText !== '' && <ForeignText class="quiet">{addressee.positionText}</ForeignText>}
      <h3>{texts.reports}</h3>
      {addressee.reports.length === 0 && <p class="quiet">{texts.noReports}</p>}
      <ol class="thread">
        {addressee.reports.map((report) => (
          <li key={report.reportId}>
            <ReportItem report={report} />
            {present && !own && <Verify recommendation={recommendation} report={report} put={put} />}
          </li>
        ))}
      </ol>
      <Obstacles addressee={addressee} recommendation={recommendation} present={present} put={put} />
      {present && own && <OwnSteps addressee={addressee} recommendation={recommendation} put={put} />}
    </section>
  );
}

function ReportItem({ report }: { readonly report: ProgressReport }): JSX.Element {
  const { messages } = useSpeech();
  const texts = messages.recommendations;
  const { time, actor, implementation, verification, verifiedBy, verificationText, evidence, text } = report;
  return (
    <>
      <p class="meta">
        <Badge>{messages.words.implementation[implementation]}</Badge>
        <Time at={time} />
        <ActorName name={actor} />
      </p>
      <ForeignText>{text}</ForeignText>
      {evidence.length > 0 && (
        <ul class="meta">
          {evidence.map(({ uri, title }) => (
            <li key={uri}>
              <span class="label">{texts.evidence}</span> <Evidence uri={uri} title={title} />
            </li>
          ))}
        </ul>
      )}
      <p class="meta quiet">
        <span>{messages.words.verification[verification]}</span>
        {verifiedBy !== '' && (
          <span>
            {texts.verifiedBy} <ActorName name={verifiedBy} />
          </span>
        )}
      </p>
      {verificationText !== '' && <ForeignText class="quiet">{verificationText}</ForeignText>}
    </>
  );
}

/** A link that others gave: only `https`, and the other site learns nothing of this one. Anything else is shown as text. */
function Evidence({ uri, title }: { readonly uri: string; readonly title: string }): JSX.Element {
  const { messages } = useSpeech();
  const safe = URL.canParse(uri) && new URL(uri).protocol === 'https:';
  const name = title === '' ? uri : title;
  if (!safe) return <Foreign>{name}</Foreign>;
  return (
    <a href={uri} target="_blank" rel="noopener noreferrer nofollow">
      <bdi>{name}</bdi>
      <span class="aloud"> ({messages.opensElsewhere})</span>
    </a>
  );
}

/** Offered to approvers of another agency; nobody verifies their own. */
function Verify({ recommendation, report, put }: Omit<Shown, 'present'> & { readonly report: ProgressReport }): JSX.Element | null {
  const { messages } = useSpeech();
  const { can } = useSeat();
  const texts = messages.recommendations;
  if (!can('followup/verify-progress') || report.verification !== 'VERIFICATION_SELF_REPORTED') return null;
  return (
    <details>
      <summary>{texts.verification}</summary>
      <ActionForm
        submit={texts.submit}
        done={texts.verifiedNow}
        act={async (value) => {
          const verdict = value('verification') === 'VERIFICATION_DISPUTED' ? 'VERIFICATION_DISPUTED' : 'VERIFICATION_PEER_VERIFIED';
          put(await verifyProgress(recommendation, report.reportId, verdict, value('text')));
        }}
      >
        <Choice label={texts.verification} name="verification" options={{ VERIFICATION_PEER_VERIFIED: texts.verify, VERIFICATION_DISPUTED: texts.dispute }} required />
        <Lines label={texts.verifyText} name="text" maxLength={2000} />
      </ActionForm>
    </details>
  );
}
