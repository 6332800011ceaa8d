import type { JSX } from 'preact';
import { type AccessEntry, listAccess } from '../api/access.ts';
import { idOf } from '../api/common.ts';
import { useSeat, useSpeech } from '../console-context.ts';
import { usePaged } from '../load.ts';
import { WORDS_EN } from '../messages/words.en.ts';
import { ActorName, AgencyName, Badge, Foreign, Identifier, More, ScrollTable, Show, Time } from '../parts/basics.tsx';

/** Who received what of the own updates. */
export function Access(): JSX.Element {
  const { messages } = useSpeech();
  const { session } = useSeat();
  const texts = messages.access;
  const { loaded, more, again } = usePaged(async (token, signal) => {
    const { entries, nextPageToken } = await listAccess(session.agency, token, signal);
    return { items: entries, next: nextPageToken };
  }, [session.agency]);
  return (
    <>
      <h1>{texts.title}</h1>
      <p class="quiet">{texts.lead}</p>
      <Show loaded={loaded} again={again}>
        {(entries) => (
          <>
            {entries.length === 0 && <p>{texts.none}</p>}
            {entries.length > 0 && (
              <ScrollTable label={texts.title} class="long">
                <thead>
                  <tr>
                    <th scope="col">{texts.time}</th>
                    <th scope="col">{texts.what}</th>
                    <th scope="col">{texts.recipient}</th>
                    <th scope="col">{texts.purpose}</th>
                    <th scope="col">{texts.series}</th>
                    <th scope="col">{texts.update}</th>
                    <th scope="col">{texts.reasons}</th>
                  </tr>
                </thead>
                <tbody>
                  {entries.map((entry, index) => (
                    <EntryRow key={index} entry={entry} />
                  ))}
                </tbody>
              </ScrollTable>
            )}
            <More more={more} />
          </>
        )}
      </Show>
    </>
  );
}

function EntryRow({ entry: { time, kind, recipient, actor, series, update, purpose, reasons } }: { readonly entry: AccessEntry }): JSX.Element {
  const { messages } = useSpeech();
  const { accessKind, purpose: purposes } = messages.words;
  return (
    <tr>
      <td>{time !== undefined && <Time at={time} />}</td>
      <td>
        <Badge tone={kind === 'ACCESS_KIND_REFUSAL' ? 'bad' : 'plain'}>{accessKind[kind]}</Badge>
      </td>
      <th scope="row">
        <AgencyName name={recipient} /> {actor !== '' && <ActorName name={actor} />}
      </th>
      <td>{isPurpose(purpose) ? purposes[purpose] : messages.none}</td>
      <td>
        <Foreign>{idOf(series)}</Foreign>
      </td>
      <td>{update === '' ? messages.access.wholeSeries : <Identifier>{idOf(update)}</Identifier>}</td>
      <td>
        <Identifier>{reasons.join(' ')}</Identifier>
      </td>
    </tr>
  );
}

const isPurpose = (name: string): name is keyof typeof WORDS_EN.purpose => Object.hasOwn(WORDS_EN.purpose, name);
