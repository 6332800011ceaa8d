import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Alert, AlertQuery } from '../api/alerts.ts';
import { idOf } from '../api/common.ts';
import { useSeat, useSpeech } from '../console-context.ts';
import { useAlerts, useUpdates } from '../feed.ts';
import { AgencyName, CountText, Foreign, LiveMark, More, Refused, ScrollTable, Show } from '../parts/basics.tsx';
import { SeriesChart } from '../parts/chart.tsx';
import { PurposeChoice, purposeOf } from '../parts/purpose.tsx';
import { hrefOf, type PageProps, type Route } from '../route.ts';
import { type Chart, chartsOf, type Point, type Value } from '../series.ts';

/** So much of the past is charted: at most 2,000 reports. */
const PAGES = 4;
const PAGE_SIZE = 500;

/** A chart for each movement series and place, with its alarms where its reader may see alerts. */
export function SeriesPage({ route }: PageProps): JSX.Element {
  const { can } = useSeat();
  return can('alerts/list-alerts') ? <SeriesWithAlarms route={route} /> : <SeriesCharts route={route} alerts={NO_ALERTS} />;
}

const NO_ALERTS: readonly Alert[] = [];
const ISSUED: AlertQuery = { statuses: [], states: [], unacknowledged: false };

function SeriesWithAlarms({ route }: { readonly route: Route }): JSX.Element {
  const { loaded, again } = useAlerts(ISSUED);
  return (
    <>
      <SeriesCharts route={route} alerts={loaded.state === 'ready' ? loaded.value : NO_ALERTS} />
      {loaded.state === 'refused' && <Refused refusal={loaded.refusal} again={again} />}
    </>
  );
}

function SeriesCharts({ route, alerts }: { readonly route: Route; readonly alerts: readonly Alert[] }): JSX.Element {
  const { messages } = useSpeech();
  const texts = messages.series;
  const { loaded, live, older, again } = useUpdates(purposeOf(route), 'CATEGORY_MOVEMENT', { pagesAtOnce: PAGES, pageSize: PAGE_SIZE });
  const updates = loaded.state === 'ready' ? loaded.value : undefined;
  const charts = useMemo(() => chartsOf(updates ?? [], alerts), [updates, alerts]);
  return (
    <>
      <h1>{texts.title}</h1>
      <p class="quiet">{texts.lead}</p>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <PurposeChoice route={route} />
        <LiveMark live={live} />
      </form>
      <Show loaded={loaded} again={again}>
        {(shown) => (
          <>
            {shown.some(({ ownNationalsNeverIncluded }) => ownNationalsNeverIncluded) && (
              <p class="notice">
                <strong>{messages.updates.ownNever}.</strong> {messages.updates.ownNeverWhy}
              </p>
            )}
            {charts.length === 0 && <p>{texts.none}</p>}
            {charts.map((chart) => (
              <ChartSection key={chart.key} chart={chart} />
            ))}
            {older !== undefined && (
              <p>
                {texts.more} <More more={older} />
              </p>
            )}
          </>
        )}
      </Show>
    </>
  );
}

function ChartSection({ chart }: { readonly chart: Chart }): JSX.Element {
  const { messages, format } = useSpeech();
  const { place } = useSeat();
  const texts = messages.series;
  const { points, measure, population, series } = chart;
  const title = `${messages.words.measure[measure]}, ${place(chart.place)}`;
  const known = points.flatMap(({ value, period }) => (value.state === 'known' ? [{ value: value.value, period }] : []));
  const highest = known.reduce<(typeof known)[number] | undefined>((most, each) => (most === undefined || each.value > most.value ? each : most), undefined);
  const count = (state: Value['state']): number => points.filter(({ value }) => value.state === state).length;
  const alarms = points.filter((point) => point.alarms.length > 0);
  const facts: readonly (readonly [string, string])[] = [
    [texts.periods, format.number(points.length)],
    ...(highest === undefined ? [] : [[texts.highest, `${format.number(highest.value)} (${format.period(highest.period)})`] as const]),
    [texts.gaps, format.number(count('suppressed'))],
    [texts.unknown, format.number(count('unknown') + count('several'))],
    [texts.alarms, format.number(alarms.length)],
  ];
  return (
    <section class="series">
      <header>
        <h2>
          <bdi>{title}</bdi>
        </h2>
        <p class="meta quiet">
          <span>{messages.words.population[population]}</span>
          <span>
            <AgencyName name={series} /> · <Foreign>{idOf(series)}</Foreign>
          </span>
        </p>
      </header>
      <figure aria-label={texts.chartOf(title)}>
        <SeriesChart points={points} />
        <figcaption>
          <dl class="facts">
            {facts.map(([label, value]) => (
              <div class="fact" key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <ul class="key">
            <li class="known">{texts.keyKnown}</li>
            <li class="suppressed">{texts.keySuppressed}</li>
            <li class="unknown">{texts.keyUnknown}</li>
            <li class="missing">{texts.keyMissing}</li>
            <li class="alarm">{texts.keyAlarm}</li>
          </ul>
        </figcaption>
      </figure>
      <ScrollTable label={texts.dataOf(title)} class="data">
        <thead>
          <tr>
            <th scope="col">{texts.period}</th>
            <th scope="col" class="number">
              {texts.value}
            </th>
            <th scope="col">{texts.alarm}</th>
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map((point) => (
            <PointRow key={point.period.start} point={point} />
          ))}
        </tbody>
      </ScrollTable>
    </section>
  );
}

function PointRow({ point: { period, value, alarms } }: { readonly point: Point }): JSX.Element {
  const { format } = useSpeech();
  return (
    <tr>
      <th scope="row">{format.period(period)}</th>
      <td class="number">
        <ValueText value={value} />
      </td>
      <td>
        {alarms.map(({ alert, headline }) => (
          <a key={alert} href={hrefOf(['alerts', idOf(alert)])}>
            <bdi>{headline}</bdi>
          </a>
        ))}
      </td>
    </tr>
  );
}

function ValueText({ value }: { readonly value: Value }): JSX.Element {
  const { messages, format } = useSpeech();
  switch (value.state) {
    case 'known':
      return (
        <>
          <CountText count={{ state: 'known', value: value.value }} />
          {value.ofShownRows && <span class="note">{messages.series.sumOfRows}</span>}
        </>
      );
    case 'suppressed':
      return (
        <>
          <CountText count={{ state: 'suppressed' }} />
          {value.shown !== undefined && <span class="note">{messages.series.atLeast(format.number(value.shown))}</span>}
        </>
      );
    case 'unknown':
      return <CountText count={{ state: 'unknown' }} />;
    case 'several':
      return <span>{messages.colon(messages.count.several, format.number(value.reports))}</span>;
  }
}
