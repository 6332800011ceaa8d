import type { JSX } from 'preact';
import { idOf } from '../api/common.ts';
import type { Content, Movement, TableRow, Update } from '../api/updates.ts';
import { useSpeech } from '../console-context.ts';
import { AgencyName, Badge, CountText, Fact, Foreign, ForeignText, Identifier, PlaceName, ScrollTable, Time, TlpLabel } from './basics.tsx';
import { SeverityBadge } from './alert-badges.tsx';

/** One update in a list. */
export function UpdateItem({ update }: { readonly update: Update }): JSX.Element {
  const { messages, format } = useSpeech();
  const texts = messages.updates;
  const { content, period, place, series, publishTime, version } = update;
  return (
    <article class="item update" aria-label={[messages.words.category[update.category], period === undefined ? '' : format.period(period)].join(' ')}>
      <header>
        <h3>
          {place !== undefined && place.id !== '' && <PlaceName id={place.id} />} <span class="when">{period !== undefined && format.period(period)}</span>
        </h3>
        <p class="meta">
          <TlpLabel tlp={update.handling.tlp} />
          <Badge>{messages.words.category[update.category]}</Badge>
          <Badge tone={update.form === 'VIEW_FORM_EXACT' ? 'info' : 'plain'}>{messages.words.viewForm[update.form]}</Badge>
        </p>
      </header>
      <UpdateContent content={content} totalOfShownRows={update.totalOfShownRows} />
      <p class="meta quiet">
        <span>
          <AgencyName name={series} /> · <Foreign>{idOf(series)}</Foreign>
        </span>
        <span>
          {texts.published} <Time at={publishTime} />
        </span>
        {version > 1 && (
          <span>
            {texts.version} {format.number(version)}
          </span>
        )}
        {update.watermark !== '' && (
          <span>
            {texts.watermark} <Identifier>{update.watermark}</Identifier>
          </span>
        )}
      </p>
    </article>
  );
}

function UpdateContent({ content, totalOfShownRows }: { readonly content: Content; readonly totalOfShownRows: boolean }): JSX.Element {
  switch (content.kind) {
    case 'movement':
      return <MovementContent movement={content.movement} totalOfShownRows={totalOfShownRows} />;
    case 'rescue':
      return <RescueContent rescue={content.rescue} />;
    case 'crisis':
      return <CrisisContent crisis={content.crisis} />;
    case 'retraction':
      return <RetractionContent reason={content.reason} />;
  }
}

function MovementContent({ movement, totalOfShownRows }: { readonly movement: Movement; readonly totalOfShownRows: boolean }): JSX.Element {
  const { messages } = useSpeech();
  const { measure, population, quality, rows, total, breakdown } = movement;
  return (
    <>
      <p class="figure">
        <span>
          {messages.words.measure[measure]}, {messages.words.population[population]}
          {quality !== 'QUALITY_OBSERVED' && <> ({messages.words.quality[quality]})</>}
        </span>
        <span class="total">
          <span class="label">{totalOfShownRows ? messages.updates.shownTotal : messages.updates.total}</span>{' '}
          {total === undefined ? <span class="quiet">{messages.count.notStated}</span> : <CountText count={total} />}
        </span>
      </p>
      <Rows rows={rows} byNationality={breakdown === 'BREAKDOWN_NATIONALITY'} />
    </>
  );
}

function Rows({ rows, byNationality }: { readonly rows: readonly TableRow[]; readonly byNationality: boolean }): JSX.Element | null {
  const { messages, format } = useSpeech();
  if (rows.length === 0) return null;
  const label = byNationality ? messages.updates.byNationality : messages.updates.breakdown;
  return (
    <details>
      <summary>
        {label} ({format.number(rows.length)})
      </summary>
      <ScrollTable label={label}>
        <thead>
          <tr>
            <th scope="col">{label}</th>
            <th scope="col" class="number">
              {messages.updates.countColumn}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, count }) => (
            <tr key={key}>
              <th scope="row">
                <Foreign>{(byNationality ? format.country(key) : undefined) ?? key}</Foreign>
              </th>
              <td class="number">
                <CountText count={count} />
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </details>
  );
}

function RescueContent({ rescue }: { readonly rescue: Extract<Content, { kind: 'rescue' }>['rescue'] }): JSX.Element {
  const { messages } = useSpeech();
  const texts = messages.updates;
  const { phase, position, positionTime, people, peopleTotal, rescueCentre, assets } = rescue;
  return (
    <>
      <dl class="facts">
        <Fact label={messages.words.category.CATEGORY_RESCUE}>{messages.words.rescuePhase[phase]}</Fact>
        {position !== undefined && (
          <Fact label={texts.position}>
            <Identifier>{`${position.latitude.toFixed(4)}, ${position.longitude.toFixed(4)}`}</Identifier> {positionTime !== undefined && <Time at={positionTime} />}
          </Fact>
        )}
        {peopleTotal !== undefined && (
          <Fact label={texts.people}>
            <CountText count={peopleTotal} />
          </Fact>
        )}
        {rescueCentre !== '' && (
          <Fact label={texts.rescueCentre}>
            <Foreign>{rescueCentre}</Foreign>
          </Fact>
        )}
        {assets.length > 0 && (
          <Fact label={texts.assets}>
            <Foreign>{assets.join(', ')}</Foreign>
          </Fact>
        )}
      </dl>
      <Rows rows={people} byNationality />
    </>
  );
}

function CrisisContent({ crisis }: { readonly crisis: Extract<Content, { kind: 'crisis' }>['crisis'] }): JSX.Element {
  const { messages } = useSpeech();
  const { hazard, severity, description, people, peopleTotal, sources } = crisis;
  return (
    <>
      <p>
        <strong>
          <Foreign>{hazard}</Foreign>
        </strong>{' '}
        <SeverityBadge severity={severity} />
      </p>
      {description !== '' && <ForeignText>{description}</ForeignText>}
      <dl class="facts">
        {peopleTotal !== undefined && (
          <Fact label={messages.updates.people}>
            <CountText count={peopleTotal} />
          </Fact>
        )}
        {sources.length > 0 && (
          <Fact label={messages.updates.sources}>
            <Foreign>{sources.join('; ')}</Foreign>
          </Fact>
        )}
      </dl>
      <Rows rows={people} byNationality />
    </>
  );
}

function RetractionContent({ reason }: { readonly reason: string }): JSX.Element {
  const { messages } = useSpeech();
  return (
    <div class="notice">
      <strong>{messages.updates.takenBack}</strong>
      <ForeignText>{reason}</ForeignText>
    </div>
  );
}
