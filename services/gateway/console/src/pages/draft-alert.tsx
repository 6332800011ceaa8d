import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { v7 as uuidv7 } from 'uuid';
import { draftAlert } from '../api/alerts.ts';
import { idOf } from '../api/common.ts';
import type { CapStatusName, TlpName } from '../api/vocabulary.ts';
import { useSpeech } from '../console-context.ts';
import { ActionForm, Choice, Line, Lines, type Values } from '../parts/fields.tsx';
import { LANGUAGES } from '../messages/index.ts';
import { hrefOf } from '../route.ts';

const HOUR_S = 3600;
/** The statuses that a person may give an alert. */
type DraftedStatus = Extract<CapStatusName, 'CAP_STATUS_ACTUAL' | 'CAP_STATUS_EXERCISE' | 'CAP_STATUS_TEST'>;

/** Writes an alert that nobody receives before a second actor has approved it. */
export function DraftAlert(): JSX.Element {
  const { messages, language } = useSpeech();
  const texts = messages.draft;
  const { words } = messages;
  const [tlp, setTlp] = useState<TlpName>('TLP_AMBER');
  const [status, setStatus] = useState<DraftedStatus>('CAP_STATUS_ACTUAL');
  // One id for all attempts, so that a repeat is the same draft.
  const alertId = useMemo(() => uuidv7(), []);
  const languages = Object.fromEntries(LANGUAGES.map(({ tag, messages: { language: name } }) => [tag, name]));
  const { CAP_STATUS_ACTUAL, CAP_STATUS_EXERCISE, CAP_STATUS_TEST } = words.capStatus;
  return (
    <>
      <p>
        <a href={hrefOf(['alerts'])}>{messages.alerts.back}</a>
      </p>
      <h1>{texts.title}</h1>
      <p class="quiet">{texts.lead}</p>
      <ActionForm
        submit={texts.submit}
        act={async (value, all) => {
          const { name } = await draftAlert(requestOf(alertId, value, all));
          location.hash = hrefOf(['alerts', idOf(name)]);
        }}
      >
        <div class="fields">
          <Choice<DraftedStatus> label={texts.status} name="status" options={{ CAP_STATUS_ACTUAL, CAP_STATUS_EXERCISE, CAP_STATUS_TEST }} value={status} choose={(chosen) => chosen !== '' && setStatus(chosen)} required />
          {status === 'CAP_STATUS_EXERCISE' && <Line label={texts.exercise} name="note" hint={texts.exerciseHint} required maxLength={200} />}
          <Line label={texts.hazard} name="hazard" hint={texts.hazardHint} required maxLength={48} pattern="[a-z0-9\-]{2,48}" />
          <Line label={texts.area} name="area" hint={texts.areaHint} required maxLength={100} />
          <Choice label={texts.about} name="category" options={words.category} required />
          <Choice label={messages.alerts.severity} name="severity" options={words.severity} required />
          <Choice label={messages.alerts.urgency} name="urgency" options={words.urgency} required />
          <Choice label={messages.alerts.certainty} name="certainty" options={words.certainty} required />
          <Line label={`${messages.alerts.onset} (UTC)`} name="onset" type="datetime-local" required />
          <Line label={`${texts.expires} (UTC)`} name="expires" type="datetime-local" required />
        </div>
        <fieldset>
          <legend>{texts.text}</legend>
          <div class="fields">
            <Choice label={texts.textLanguage} name="language" options={languages} value={language.tag} required />
            <Line label={texts.event} name="event" required maxLength={100} />
            <Line label={texts.headline} name="headline" required maxLength={160} />
            <Lines label={texts.description} name="description" maxLength={4000} />
            <Lines label={texts.instruction} name="instruction" maxLength={2000} />
          </div>
        </fieldset>
        <fieldset>
          <legend>{texts.handling}</legend>
          <div class="fields">
            <Choice label={texts.tlp} name="tlp" options={words.tlp} value={tlp} choose={(chosen) => chosen !== '' && setTlp(chosen)} required />
            <Choice label={texts.legalBasis} name="legalBasis" options={words.legalBasis} required />
            <Choice label={texts.personalData} name="personalData" options={words.personalData} required />
            <Line label={texts.retention} name="retention" type="number" min="1" max="3660" defaultValue="365" required />
            <Choice label={texts.onward} name="onward" options={words.onwardSharing} required />
            <Choice label={texts.precision} name="precision" options={words.precision} required />
            {tlp === 'TLP_RED' && <Lines label={texts.named} name="named" maxLength={4000} required />}
            {tlp === 'TLP_GREEN' && <Lines label={texts.community} name="community" maxLength={2000} required />}
            {tlp === 'TLP_CLEAR' && <Line label={texts.attested} name="attested" maxLength={200} />}
          </div>
          <PurposeTicks />
        </fieldset>
        <fieldset>
          <legend>{texts.duty}</legend>
          <div class="fields">
            <Line label={texts.theme} name="theme" maxLength={100} />
            <Line label={texts.deadline} name="deadline" type="number" min="1" max="720" defaultValue="24" />
            <Line label={texts.escalation} name="escalation" type="number" min="1" max="720" defaultValue="24" />
          </div>
        </fieldset>
      </ActionForm>
    </>
  );
}

/** An alert serves early warning; whatever else its readers may use it for is said here. */
function PurposeTicks(): JSX.Element {
  const { messages } = useSpeech();
  return (
    <fieldset class="ticks">
      <legend>{messages.draft.purposes}</legend>
      {Object.entries(messages.words.purpose).map(([purpose, word]) => (
        <label key={purpose} class="tick">
          <input type="checkbox" name="purposes" value={purpose} defaultChecked={purpose === 'PURPOSE_EARLY_WARNING'} /> {word}
        </label>
      ))}
    </fieldset>
  );
}

const linesOf = (text: string): readonly string[] => text.split(/\s*\n\s*/).filter((line) => line !== '');
/** What a field for date and time says, taken as UTC. */
const utc = (local: string): string => `${local}:00Z`.replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d):\d\d:00Z$/, '$1:00Z');

function requestOf(alertId: string, value: Values, all: (name: string) => readonly string[]): unknown {
  const theme = value('theme');
  return {
    alertId,
    hazard: value('hazard'),
    area: value('area'),
    category: value('category'),
    handling: {
      tlp: value('tlp'),
      purposes: all('purposes'),
      legalBasis: value('legalBasis'),
      personalDataLevel: value('personalData'),
      retentionDays: Number(value('retention')),
      onwardSharing: value('onward'),
      precisionLimit: value('precision'),
      namedActors: linesOf(value('named')),
      communityGroups: linesOf(value('community')),
      publicityAttestedBy: value('attested'),
    },
    status: value('status'),
    note: value('note'),
    infos: [
      {
        language: value('language'),
        category: 'CAP_CATEGORY_OTHER',
        event: value('event'),
        urgency: value('urgency'),
        severity: value('severity'),
        certainty: value('certainty'),
        onset: utc(value('onset')),
        expires: utc(value('expires')),
        headline: value('headline'),
        description: value('description'),
        instruction: value('instruction'),
        areas: [{ areaDescription: value('area'), place: value('area') }],
      },
    ],
    acknowledgement: theme === '' ? { theme } : { theme, deadlineSeconds: Number(value('deadline')) * HOUR_S, escalationSeconds: Number(value('escalation')) * HOUR_S },
  };
}
