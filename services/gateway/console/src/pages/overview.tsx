import type { ComponentChildren, JSX } from 'preact';
import { listRecommendations, type RecommendationStatus, recommendationStatus } from '../api/followup.ts';
import { nodeStatus } from '../api/status.ts';
import { useSeat, useSpeech } from '../console-context.ts';
import { useAlerts, useUpdates } from '../feed.ts';
import { useEvery, useLoad } from '../load.ts';
import { AlertItem } from '../parts/alert-item.tsx';
import { Badge, LiveMark, Show } from '../parts/basics.tsx';
import { purposeOf, updatesHref } from '../parts/purpose.tsx';
import { RecommendationItem } from '../parts/recommendation-item.tsx';
import { UpdateItem } from '../parts/update-item.tsx';
import { hrefOf, type PageProps, type Route } from '../route.ts';

/** How often the state of the node is asked for. */
const STATUS_EVERY_MS = 15_000;
/** How often deadlines are looked at: they pass by themselves. Each look is a read, and goes on record. */
const DEADLINES_EVERY_MS = 300_000;
/** So many of each are shown here; the rest on their page. */
const FEW = 5;

/** What runs, what is on fire, what is late. */
export function Overview({ route }: PageProps): JSX.Element {
  const { messages } = useSpeech();
  const { can } = useSeat();
  return (
    <>
      <h1>{messages.overview.title}</h1>
      <div class="tiles">
        <NodeTile />
        {can('alerts/list-alerts') && <AlertsTile />}
        {can('followup/list-recommendations') && <RecommendationsTile />}
        {can('hub/list-updates') && <UpdatesTile route={route} />}
      </div>
    </>
  );
}

const Tile = ({ title, aside, wide = false, children }: { readonly title: string; readonly aside?: ComponentChildren; readonly wide?: boolean; readonly children: ComponentChildren }): JSX.Element => (
  <section class={wide ? 'tile wide' : 'tile'}>
    <header>
      <h2>{title}</h2>
      {aside}
    </header>
    {children}
  </section>
);

function NodeTile(): JSX.Element {
  const { messages, format } = useSpeech();
  const texts = messages.overview;
  const { loaded, again } = useLoad(nodeStatus, []);
  useEvery(STATUS_EVERY_MS, again);
  return (
    <Tile title={texts.node} wide>
      <Show loaded={loaded} again={again}>
        {({ state, time, parts }) => (
          <>
            <p>
              <Badge tone={state === 'up' ? 'good' : 'bad'}>{state === 'up' ? texts.up : texts.down}</Badge> <span class="quiet">{texts.asOf(format.time(time))}</span>
            </p>
            <ul class="parts">
              {parts.map(({ name, state: of, reason }) => (
                <li key={name} class={of}>
                  <bdi>{name}</bdi> <span class={of === 'up' ? 'aloud' : 'fails'}>{of === 'up' ? texts.works : texts.fails}</span>
                  {reason !== '' && <bdi class="quiet"> {reason}</bdi>}
                </li>
              ))}
            </ul>
          </>
        )}
      </Show>
    </Tile>
  );
}

function AlertsTile(): JSX.Element {
  const { messages, format } = useSpeech();
  const texts = messages.overview;
  const { loaded, live, again } = useAlerts({ statuses: ['CAP_STATUS_ACTUAL', 'CAP_STATUS_EXERCISE'], states: ['ALERT_STATE_OPEN'], unacknowledged: false });
  return (
    <Tile title={texts.openAlerts} aside={<LiveMark live={live} />}>
      <Show loaded={loaded} again={again}>
        {(alerts) => {
          const waiting = alerts.filter(({ duties }) => duties.some(({ state }) => state !== 'DUTY_STATE_ACKNOWLEDGED'));
          return (
            <>
              <Numbers numbers={[[texts.openAlerts, alerts.length], [texts.toAcknowledge, waiting.length]]} format={format.number} />
              {alerts.length === 0 && <p class="quiet">{texts.noAlerts}</p>}
              {alerts.slice(0, FEW).map((alert) => (
                <AlertItem key={alert.name} alert={alert} />
              ))}
              <p>
                <a href={hrefOf(['alerts'])}>{messages.alerts.back}</a>
              </p>
            </>
          );
        }}
      </Show>
    </Tile>
  );
}

function RecommendationsTile(): JSX.Element {
  const { messages, format } = useSpeech();
  const texts = messages.overview;
  const { loaded, again } = useLoad(async (signal) => {
    const all = { theme: '', implementation: '', addressee: '', overdue: false, blocked: false, asOf: '' } as const;
    const [status, late] = await Promise.all([recommendationStatus(all, signal), listRecommendations({ ...all, overdue: true }, '', signal)]);
    return { status, late: late.recommendations };
  }, []);
  useEvery(DEADLINES_EVERY_MS, again);
  return (
    <Tile title={texts.overdue}>
      <Show loaded={loaded} again={again}>
        {({ status, late }) => (
          <>
            <Numbers numbers={[[messages.words.timeliness.TIMELINESS_OVERDUE, overdueIn(status)], [texts.blocked, status.blocked], [texts.recommendations, status.recommendations]]} format={format.number} />
            {late.length === 0 && <p class="quiet">{texts.noneOverdue}</p>}
            {late.slice(0, FEW).map((recommendation) => (
              <RecommendationItem key={recommendation.name} recommendation={recommendation} asOf="" />
            ))}
            <p>
              <a href={hrefOf(['recommendations'])}>{messages.recommendations.back}</a>
            </p>
          </>
        )}
      </Show>
    </Tile>
  );
}

/** How many addressed agencies are late with a recommendation. */
const overdueIn = ({ counts }: RecommendationStatus): number =>
  counts.filter(({ timeliness }) => timeliness === 'TIMELINESS_OVERDUE').reduce((sum, { count }) => sum + count, 0);

function UpdatesTile({ route }: { readonly route: Route }): JSX.Element {
  const { messages } = useSpeech();
  const purpose = purposeOf(route);
  const { loaded, live, again } = useUpdates(purpose, '', { pageSize: 10 });
  return (
    <Tile title={messages.overview.latest} aside={<LiveMark live={live} />}>
      <p class="quiet">
        {messages.updates.forPurpose} <strong>{messages.words.purpose[purpose]}</strong>
      </p>
      <Show loaded={loaded} again={again}>
        {(updates) => (
          <>
            {updates.length === 0 && <p class="quiet">{messages.updates.none}</p>}
            {updates.slice(0, FEW).map((update) => (
              <UpdateItem key={update.name} update={update} />
            ))}
            <p>
              <a href={updatesHref(route)}>{messages.overview.seeAll}</a>
            </p>
          </>
        )}
      </Show>
    </Tile>
  );
}

const Numbers = ({ numbers, format }: { readonly numbers: readonly (readonly [string, number])[]; readonly format: (value: number) => string }): JSX.Element => (
  <dl class="numbers">
    {numbers.map(([label, value]) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd>{format(value)}</dd>
      </div>
    ))}
  </dl>
);
