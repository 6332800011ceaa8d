import type { JSX } from 'preact';
import type { Duty } from '../api/alerts.ts';
import type { AlertStateName, CapStatusName, DutyStateName, SeverityName } from '../api/vocabulary.ts';
import { useSpeech } from '../console-context.ts';
import { Badge, type Tone } from './basics.tsx';

const SEVERITY_TONE: Readonly<Record<SeverityName, Tone>> = {
  SEVERITY_EXTREME: 'extreme',
  SEVERITY_SEVERE: 'bad',
  SEVERITY_MODERATE: 'warn',
  SEVERITY_MINOR: 'info',
  SEVERITY_UNKNOWN: 'plain',
};

export function SeverityBadge({ severity }: { readonly severity: SeverityName }): JSX.Element {
  const { messages } = useSpeech();
  return <Badge tone={SEVERITY_TONE[severity]}>{messages.words.severity[severity]}</Badge>;
}

const ALERT_TONE: Readonly<Record<AlertStateName, Tone>> = {
  ALERT_STATE_DRAFT: 'info',
  ALERT_STATE_OPEN: 'bad',
  ALERT_STATE_CANCELLED: 'plain',
  ALERT_STATE_EXPIRED: 'plain',
};

export function AlertStateBadge({ state }: { readonly state: AlertStateName }): JSX.Element {
  const { messages } = useSpeech();
  return <Badge tone={ALERT_TONE[state]}>{messages.words.alertState[state]}</Badge>;
}

const DUTY_TONE: Readonly<Record<DutyStateName, Tone>> = {
  DUTY_STATE_OPEN: 'warn',
  DUTY_STATE_ESCALATED: 'warn',
  DUTY_STATE_OVERDUE: 'bad',
  DUTY_STATE_ACKNOWLEDGED: 'good',
};

export function DutyBadge({ duty: { state, late } }: { readonly duty: Duty }): JSX.Element {
  const { messages } = useSpeech();
  return (
    <Badge tone={DUTY_TONE[state]}>
      {messages.words.dutyState[state]}
      {late && `, ${messages.alerts.late}`}
    </Badge>
  );
}

/** Says before anything else that an alert is not to be acted upon. Nothing for an actual one. */
export function StatusBanner({ status, note }: { readonly status: CapStatusName; readonly note: string }): JSX.Element | null {
  const { messages } = useSpeech();
  const texts = messages.alerts;
  switch (status) {
    case 'CAP_STATUS_ACTUAL':
      return null;
    case 'CAP_STATUS_EXERCISE':
      return <Banner title={texts.exerciseBanner} text={texts.exerciseSays} note={note} />;
    case 'CAP_STATUS_DRAFT':
      return <Banner title={texts.draftBanner} text={texts.draftSays} note={note} />;
    case 'CAP_STATUS_TEST':
    case 'CAP_STATUS_SYSTEM':
      return <Banner title={texts.testBanner} text={texts.testSays} note={note} />;
  }
}

export function Banner({ title, text, note }: { readonly title: string; readonly text: string; readonly note: string }): JSX.Element {
  return (
    <p class="banner">
      <strong>{title}</strong> <span>{text}</span>
      {note !== '' && (
        <span>
          {' '}
          <bdi>{note}</bdi>
        </span>
      )}
    </p>
  );
}
