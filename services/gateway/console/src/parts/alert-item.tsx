import type { JSX } from 'preact';
import { type Alert, newestSaying, statusOf } from '../api/alerts.ts';
import { idOf } from '../api/common.ts';
import { useSpeech } from '../console-context.ts';
import { hrefOf } from '../route.ts';
import { AlertStateBadge, Banner, DutyBadge, SeverityBadge, StatusBanner } from './alert-badges.tsx';
import { ForeignText, PlaceName, Time } from './basics.tsx';
import { saidIn } from './said-in.ts';

/** One alert in a list: what it says, where it stands, whether somebody has to acknowledge. */
export function AlertItem({ alert }: { readonly alert: Alert }): JSX.Element {
  const { messages, language } = useSpeech();
  const texts = messages.alerts;
  const message = newestSaying(alert);
  const info = message === undefined ? undefined : saidIn(message.infos, language.tag);
  const [, area = ''] = alert.topic.split('/');
  const status = statusOf(alert);
  return (
    <article class={`item alert ${info?.severity.toLowerCase().replaceAll('_', '-') ?? ''} ${status === 'CAP_STATUS_ACTUAL' ? '' : 'unreal'}`}>
      <StatusBanner status={status} note={status === 'CAP_STATUS_EXERCISE' ? (alert.messages[0]?.note ?? '') : ''} />
      {alert.state === 'ALERT_STATE_DRAFT' && status !== 'CAP_STATUS_DRAFT' && <Banner title={texts.draftBanner} text={texts.draftSays} note="" />}
      <header>
        <h3>
          <a href={hrefOf(['alerts', idOf(alert.name)])}>
            <bdi>{info?.headline ?? alert.topic}</bdi>
          </a>
        </h3>
        <p class="meta">
          {info !== undefined && <SeverityBadge severity={info.severity} />}
          <AlertStateBadge state={alert.state} />
        </p>
      </header>
      {alert.provenance !== undefined && alert.provenance.explanation !== '' && <ForeignText class="quiet">{alert.provenance.explanation}</ForeignText>}
      <p class="meta quiet">
        <span>
          <PlaceName id={area} />
        </span>
        {alert.raiseTime !== undefined && (
          <span>
            {texts.raised} <Time at={alert.raiseTime} />
          </span>
        )}
        {alert.expireTime !== undefined && (
          <span>
            {texts.expires} <Time at={alert.expireTime} />
          </span>
        )}
      </p>
      {alert.duties.length > 0 && (
        <p class="meta">
          <span class="label">{texts.duties}</span>
          {alert.duties.map((duty) => (
            <DutyBadge key={duty.focalPoint} duty={duty} />
          ))}
        </p>
      )}
    </article>
  );
}
