import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { listRecommendations, type RecommendationQuery, recommendationStatus, type RecommendationStatus } from '../api/followup.ts';
import type { ImplementationName, ThemeName } from '../api/vocabulary.ts';
import { useSeat, useSpeech } from '../console-context.ts';
import { useLoad, usePaged } from '../load.ts';
import { Items, Show } from '../parts/basics.tsx';
import { Choice, Line, Tick } from '../parts/fields.tsx';
import { RecommendationItem } from '../parts/recommendation-item.tsx';
import { type PageProps, replaceQuery } from '../route.ts';

/** The recommendations that the signed-in agency may see, by where they stand, now or as of a past day. */
export function Recommendations({ route }: PageProps): JSX.Element {
  const { messages, format } = useSpeech();
  const { session } = useSeat();
  const texts = messages.recommendations;
  const [theme, setTheme] = useState<ThemeName | ''>('');
  const [implementation, setImplementation] = useState<ImplementationName | ''>('');
  const [mine, setMine] = useState(false);
  const [overdue, setOverdue] = useState(false);
  const [blocked, setBlocked] = useState(false);
  const asOf = asOfIn(route.query);
  const query: RecommendationQuery = { theme, implementation, addressee: mine ? session.agency : '', overdue, blocked, asOf };
  const key = JSON.stringify(query);
  const status = useLoad((signal) => recommendationStatus(query, signal), [key]);
  return (
    <>
      <h1>{texts.title}</h1>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Choice label={texts.theme} name="theme" options={messages.words.theme} value={theme} any={messages.all} choose={setTheme} />
        <Choice label={texts.implementation} name="implementation" options={messages.words.implementation} value={implementation} any={messages.all} choose={setImplementation} />
        <Line
          label={`${texts.asOf} (UTC)`}
          name="asOf"
          type="datetime-local"
          value={asOf.slice(0, 16)}
          max={new Date().toISOString().slice(0, 16)}
          onChange={({ currentTarget }) => replaceQuery(route, { asOf: currentTarget.value === '' ? '' : `${currentTarget.value.slice(0, 16)}:00Z` })}
        />
        <Tick label={texts.mine} name="mine" checked={mine} choose={setMine} />
        <Tick label={texts.overdueOnly} name="overdue" checked={overdue} choose={setOverdue} />
        <Tick label={texts.blockedOnly} name="blocked" checked={blocked} choose={setBlocked} />
      </form>
      {asOf !== '' && <p class="notice">{texts.asOfBanner(format.time(Date.parse(asOf)))}</p>}
      <Show loaded={status.loaded} again={status.again}>
        {(counts) => <StatusPanel status={counts} />}
      </Show>
      <RecommendationList key={key} query={query} />
    </>
  );
}

/** The moment asked about, RFC 3339; '' for now. */
export function asOfIn(query: URLSearchParams): string {
  const asked = query.get('asOf') ?? '';
  return Number.isNaN(Date.parse(asked)) ? '' : asked;
}

function RecommendationList({ query }: { readonly query: RecommendationQuery }): JSX.Element {
  const { messages } = useSpeech();
  const { loaded, more, again } = usePaged(async (token, signal) => {
    const { recommendations, nextPageToken } = await listRecommendations(query, token, signal);
    return { items: recommendations, next: nextPageToken };
  }, []);
  return (
    <Show loaded={loaded} again={again}>
      {(recommendations) => (
        <Items items={recommendations} none={messages.recommendations.none} more={more}>
          {(recommendation) => <RecommendationItem recommendation={recommendation} asOf={query.asOf} />}
        </Items>
      )}
    </Show>
  );
}

/** How many stand where, one bar for each axis; the numbers are in its table. */
function StatusPanel({ status }: { readonly status: RecommendationStatus }): JSX.Element {
  const { messages, format } = useSpeech();
  const texts = messages.recommendations;
  const { words } = messages;
  const axes = [
    { title: texts.position, sums: sumsBy(status, ({ position }) => words.position[position]) },
    { title: texts.implementation, sums: sumsBy(status, ({ implementation }) => words.implementation[implementation]) },
    { title: texts.verification, sums: sumsBy(status, ({ verification }) => words.verification[verification]) },
    { title: texts.timeliness, sums: sumsBy(status, ({ timeliness }) => words.timeliness[timeliness]) },
  ];
  return (
    <section class="status" aria-label={texts.axes}>
      <dl class="numbers">
        <div>
          <dt>{texts.count}</dt>
          <dd>{format.number(status.recommendations)}</dd>
        </div>
        <div>
          <dt>{texts.blocked}</dt>
          <dd>{format.number(status.blocked)}</dd>
        </div>
      </dl>
      <div class="axes">
        {axes.map(({ title, sums }) => (
          <table key={title} class="axis">
            <caption>{title}</caption>
            <tbody>
              {sums.map(([word, count, share]) => (
                <tr key={word}>
                  <th scope="row">{word}</th>
                  <td class="number">{format.number(count)}</td>
                  <td class="share" aria-hidden="true">
                    <span style={{ inlineSize: `${share}%` }} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
      <p class="quiet">{texts.axesNote}</p>
    </section>
  );
}

/** Words, how many stand there, and per cent of all. */
function sumsBy({ counts }: RecommendationStatus, wordOf: (count: RecommendationStatus['counts'][number]) => string): readonly (readonly [string, number, number])[] {
  const sums = new Map<string, number>();
  for (const each of counts) sums.set(wordOf(each), (sums.get(wordOf(each)) ?? 0) + each.count);
  const all = [...sums.values()].reduce((sum, count) => sum + count, 0);
  return [...sums].map(([word, count]) => [word, count, Math.round((100 * count) / all)]);
}
