import type { JSX } from 'preact';
import { acknowledgeAlert, type Alert, approveAlert, cancelAlert, type CapInfo, type CapMessage, type Duty, newestSaying, statusOf } from '../api/alerts.ts';
import { agencyOf, idOf } from '../api/common.ts';
import { type FocalPoint, listFocalPoints } from '../api/registry.ts';
import { useSeat, useSpeech } from '../console-context.ts';
import { useAlert } from '../feed.ts';
import { useLoad } from '../load.ts';
import { AlertStateBadge, Banner, DutyBadge, SeverityBadge, StatusBanner } from '../parts/alert-badges.tsx';
import { ActorName, AgencyName, Badge, Fact, Foreign, ForeignText, Identifier, PlaceName, Refused, Show, Time, TlpLabel } from '../parts/basics.tsx';
import { ActionForm, Lines } from '../parts/fields.tsx';
import { mayAcknowledge } from '../parts/may.ts';
import { saidIn } from '../parts/said-in.ts';
import { hrefOf, type PageProps } from '../route.ts';

/** One alert: what it says, why it was raised, who has to acknowledge it, and what its reader may do. */
export function AlertPage({ id }: PageProps): JSX.Element {
  const { messages } = useSpeech();
  const { loaded, again, put } = useAlert(`alerts/${id}`);
  return (
    <>
      <p>
        <a href={hrefOf(['alerts'])}>{messages.alerts.back}</a>
      </p>
      <Show loaded={loaded} again={again}>
        {(alert) => <AlertDetail alert={alert} put={put} />}
      </Show>
    </>
  );
}

interface Shown {
  readonly alert: Alert;
  readonly put: (alert: Alert) => void;
}

function AlertDetail({ alert, put }: Shown): JSX.Element {
  const { messages, language } = useSpeech();
  const texts = messages.alerts;
  const message = newestSaying(alert);
  const info = message === undefined ? undefined : saidIn(message.infos, language.tag);
  const status = statusOf(alert);
  return (
    <article class={`detail ${status === 'CAP_STATUS_ACTUAL' ? '' : 'unreal'}`}>
      <StatusBanner status={status} note={status === 'CAP_STATUS_EXERCISE' ? (alert.messages[0]?.note ?? '') : ''} />
      {alert.state === 'ALERT_STATE_DRAFT' && status !== 'CAP_STATUS_DRAFT' && <Banner title={texts.draftBanner} text={texts.draftSays} note="" />}
      <h1>
        <bdi>{info?.headline ?? alert.topic}</bdi>
      </h1>
      <p class="meta">
        {info !== undefined && <SeverityBadge severity={info.severity} />}
        <AlertStateBadge state={alert.state} />
        {status !== 'CAP_STATUS_ACTUAL' && <Badge tone="info">{messages.words.capStatus[status]}</Badge>}
        {alert.handling !== undefined && <TlpLabel tlp={alert.handling.tlp} />}
      </p>
      {info !== undefined && <InfoText info={info} />}
      <Actions alert={alert} put={put} />
      <DutiesSection alert={alert} put={put} />
      <WhySection alert={alert} />
      <section>
        <h2>{texts.thread}</h2>
        <ol class="thread">
          {alert.messages.map((each) => (
            <MessageItem key={each.identifier} message={each} />
          ))}
        </ol>
      </section>
    </article>
  );
}

function InfoText({ info }: { readonly info: CapInfo }): JSX.Element {
  const { messages } = useSpeech();
  const texts = messages.alerts;
  return (
    <section>
      {info.description !== '' && <ForeignText>{info.description}</ForeignText>}
      {info.instruction !== '' && (
        <>
          <h2>{texts.instruction}</h2>
          <ForeignText>{info.instruction}</ForeignText>
        </>
      )}
      <dl class="facts">
        <Fact label={texts.area}>
          {info.areas.map(({ place, areaDescription }) => (
            <span key={place}>{place === '' ? <Foreign>{areaDescription}</Foreign> : <PlaceName id={place} />} </span>
          ))}
        </Fact>
        {info.onset !== undefined && (
          <Fact label={texts.onset}>
            <Time at={info.onset} />
          </Fact>
        )}
        {info.expires !== undefined && (
          <Fact label={texts.expires}>
            <Time at={info.expires} />
          </Fact>
        )}
        <Fact label={texts.urgency}>{messages.words.urgency[info.urgency]}</Fact>
        <Fact label={texts.certainty}>{messages.words.certainty[info.certainty]}</Fact>
      </dl>
    </section>
  );
}

/** Steps of the early-warning agency; offered to whose roles allow them. */
function Actions({ alert, put }: Shown): JSX.Element | null {
  const { messages } = useSpeech();
  const { can, session } = useSeat();
  const texts = messages.alerts;
  const own = alert.messages.some(({ sender }) => sender === session.agency);
  const isDraft = alert.state === 'ALERT_STATE_DRAFT';
  const approvable = isDraft && own && can('alerts/approve-alert');
  const cancellable = (isDraft || alert.state === 'ALERT_STATE_OPEN') && own && can('alerts/cancel-alert');
  if (!approvable && !cancellable) return null;
  return (
    <section class="actions">
      {approvable && <ActionForm submit={texts.approve} done={texts.approvedNow} act={async () => put(await approveAlert(alert))} />}
      {cancellable && (
        <details>
          <summary>{isDraft ? texts.discard : texts.cancelAlert}</summary>
          <ActionForm submit={isDraft ? texts.discard : texts.cancelAlert} done={texts.cancelledNow} tone="danger" act={async (value) => put(await cancelAlert(alert, value('reason')))}>
            <Lines label={texts.cancelReason} name="reason" maxLength={500} required />
          </ActionForm>
        </details>
      )}
    </section>
  );
}

function DutiesSection({ alert, put }: Shown): JSX.Element {
  const { messages } = useSpeech();
  const { session, can } = useSeat();
  const texts = messages.alerts;
  const mine = alert.duties.some(({ focalPoint }) => `agencies/${agencyOf(focalPoint)}` === session.agency);
  const { loaded, again } = useLoad((signal) => (mine && can('alerts/acknowledge-alert') ? listFocalPoints(session.agency, signal) : Promise.resolve([])), [alert.name, mine]);
  const focalPoints = loaded.state === 'ready' ? loaded.value : [];
  return (
    <section>
      <h2>{texts.duties}</h2>
      {loaded.state === 'refused' && <Refused refusal={loaded.refusal} again={again} />}
      {alert.duties.length === 0 && <p class="quiet">{texts.noDuties}</p>}
      <ul class="items">
        {alert.duties.map((duty) => (
          <li key={duty.focalPoint} class="item">
            <DutyFacts duty={duty} />
            <Acknowledge alert={alert} duty={duty} focalPoint={focalPoints.find(({ name }) => name === duty.focalPoint)} put={put} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function DutyFacts({ duty }: { readonly duty: Duty }): JSX.Element {
  const { messages } = useSpeech();
  const texts = messages.alerts;
  return (
    <>
      <p class="meta">
        <DutyBadge duty={duty} />
        <span>
          {texts.focalPoint} <AgencyName name={duty.focalPoint} /> · <Foreign>{idOf(duty.focalPoint)}</Foreign>
        </span>
        {duty.deadline !== undefined && duty.acknowledgeTime === undefined && (
          <span>
            {texts.deadline} <Time at={duty.deadline} />
          </span>
        )}
        {duty.acknowledgeTime !== undefined && (
          <span>
            {texts.acknowledged} <Time at={duty.acknowledgeTime} /> {texts.by} <ActorName name={duty.acknowledgedBy} />
          </span>
        )}
      </p>
      {duty.note !== '' && <ForeignText class="quiet">{duty.note}</ForeignText>}
    </>
  );
}

/** Offered to who may: the holder, and the deputies once the duty was escalated or while the holder is absent. */
function Acknowledge({ alert, duty, focalPoint, put }: Shown & { readonly duty: Duty; readonly focalPoint: FocalPoint | undefined }): JSX.Element | null {
  const { messages } = useSpeech();
  const { session } = useSeat();
  const texts = messages.alerts;
  if (duty.state === 'DUTY_STATE_ACKNOWLEDGED' || focalPoint === undefined || !mayAcknowledge(duty, focalPoint, session.actor, Date.now())) return null;
  return (
    <ActionForm submit={texts.acknowledge} done={texts.acknowledgedNow} act={async (value) => put(await acknowledgeAlert(alert.name, duty.focalPoint, value('note')))}>
      <Lines label={texts.noteOptional} name="note" maxLength={500} rows={2} />
    </ActionForm>
  );
}

function WhySection({ alert: { provenance, topic, handling, author } }: { readonly alert: Alert }): JSX.Element {
  const { messages, format } = useSpeech();
  const texts = messages.alerts;
  return (
    <section>
      <h2>{texts.why}</h2>
      {provenance !== undefined && provenance.explanation !== '' && <ForeignText>{provenance.explanation}</ForeignText>}
      <dl class="facts">
        <Fact label={texts.rule}>
          {provenance === undefined || provenance.rule === '' ? texts.byHand : <Identifier>{`${idOf(provenance.rule)} v${provenance.ruleVersion}`}</Identifier>}
        </Fact>
        {provenance?.period !== undefined && <Fact label={messages.series.period}>{format.period(provenance.period)}</Fact>}
        {provenance !== undefined && provenance.strength > 0 && <Fact label={texts.strength}>{`${format.number(provenance.strength)} %`}</Fact>}
        <Fact label={texts.topic}>
          <Identifier>{topic}</Identifier>
        </Fact>
        {author !== '' && (
          <Fact label={texts.author}>
            <ActorName name={author} />
          </Fact>
        )}
        {handling !== undefined && (
          <>
            <Fact label={messages.draft.onward}>{messages.words.onwardSharing[handling.onwardSharing]}</Fact>
            <Fact label={messages.draft.purposes}>{handling.purposes.map((purpose) => messages.words.purpose[purpose]).join(', ')}</Fact>
          </>
        )}
      </dl>
      {provenance !== undefined && provenance.inputs.length > 0 && (
        <details>
          <summary>
            {texts.inputs} ({format.number(provenance.inputs.length)})
          </summary>
          <ul class="names">
            {provenance.inputs.map((input) => (
              <li key={input}>
                <Identifier>{input}</Identifier>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function MessageItem({ message }: { readonly message: CapMessage }): JSX.Element {
  const { messages } = useSpeech();
  const { sender, sent, messageType, infos, note, restriction } = message;
  return (
    <li>
      <p class="meta">
        <Badge tone={messageType === 'CAP_MESSAGE_TYPE_CANCEL' ? 'info' : 'plain'}>{messages.words.messageType[messageType]}</Badge>
        <Time at={sent} />
        <span>
          <AgencyName name={sender} />
        </span>
      </p>
      {infos.map((info) => (
        <div key={info.language} lang={info.language} dir="auto">
          <strong>{info.headline}</strong>
          {info.description !== '' && <ForeignText>{info.description}</ForeignText>}
        </div>
      ))}
      {note !== '' && <ForeignText>{note}</ForeignText>}
      {restriction !== '' && (
        <p class="quiet">
          {messages.alerts.restriction} <bdi>{restriction}</bdi>
        </p>
      )}
    </li>
  );
}
