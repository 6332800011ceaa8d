import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { type Alert, listAlerts } from '../api/alerts.ts';
import { idOf } from '../api/common.ts';
import { useSeat, useSpeech } from '../console-context.ts';
import { useUpdates } from '../feed.ts';
import { type Load, useEvery, useLoad } from '../load.ts';
import { AgencyName, CountText, Foreign, LiveMark, Refused, ScrollTable, Show } from '../parts/basics.tsx';
import { SeriesChart } from '../parts/chart.tsx';
import { PurposeChoice, purposeOf } from '../parts/purpose.tsx';
import { hrefOf, type PageProps } from '../route.ts';
import { type Chart, chartsOf, type Point, type Value } from '../series.ts';

/** So much of the past is charted: at most 2,000 reports. */
const PAGES = 4;
const PAGE_SIZE = 500;
const ALARMS_EVERY_MS = 30_000;

/** A chart for each movement series and place, with its alarms. */
export function SeriesPage({ route }: PageProps): JSX.Element {
  const { messages } = useSpeech();
  const texts = messages.series;
  const { loaded, live, older, again } = useUpdates(purposeOf(route), 'CATEGORY_MOVEMENT', { pagesAtOnce: PAGES, pageSize: PAGE_SIZE });
  const alarms = useAlarms();
  const updates = loaded.state === 'ready' ? loaded.value : undefined;
  const alerts = alarms.loaded.state === 'ready' ? alarms.loaded.value : undefined;
  const charts = useMemo(() => chartsOf(updates ?? [], alerts ?? []), [updates, alerts]);
  return (
    <>
      <h1>{texts.title}</h1>
      <p class="quiet">{texts.lead}</p>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <PurposeChoice route={route} />
        <LiveMark live={live} />
      </form>
      {alarms.loaded.state === 'refused' && <Refused refusal={alarms.loaded.refusal} again={alarms.again} />}
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
                {texts.more}{' '}
                <button type="button" onClick={older}>
                  {messages.showMore}
                </button>
              </p>
            )}
          </>
        )}
      </Show>
    </>
  );
}

/** The actual alerts that the reader may see; none where it may see no alerts. */
function useAlarms(): Load<readonly Alert[]> {
  const { can } = useSeat();
  const load = useLoad(async (signal) => {
    if (!can('alerts/list-alerts')) return [];
    return (await listAlerts({ statuses: [], states: [], unacknowledged: false }, '', signal)).alerts;
  }, []);
  useEvery(ALARMS_EVERY_MS, load.again);
  return load;
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
