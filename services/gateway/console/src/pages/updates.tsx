import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { CategoryName } from '../api/vocabulary.ts';
import { useSpeech } from '../console-context.ts';
import { useUpdates } from '../feed.ts';
import { Items, LiveMark, Show } from '../parts/basics.tsx';
import { Choice } from '../parts/fields.tsx';
import { PurposeChoice, purposeOf } from '../parts/purpose.tsx';
import { UpdateItem } from '../parts/update-item.tsx';
import type { PageProps } from '../route.ts';

/** What the signed-in agency may see, newest first; new updates come by themselves. */
export function Updates({ route }: PageProps): JSX.Element {
  const { messages } = useSpeech();
  const texts = messages.updates;
  const [category, setCategory] = useState<CategoryName | ''>('');
  const { loaded, live, older, again } = useUpdates(purposeOf(route), category);
  return (
    <>
      <h1>{texts.title}</h1>
      <p class="quiet">{texts.lead}</p>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <PurposeChoice route={route} />
        <Choice label={texts.category} name="category" options={messages.words.category} value={category} any={messages.all} choose={setCategory} />
        <LiveMark live={live} />
      </form>
      <p class="legend">{messages.count.legend}</p>
      <Show loaded={loaded} again={again}>
        {(updates) => (
          <>
            {updates.some(({ ownNationalsNeverIncluded }) => ownNationalsNeverIncluded) && (
              <p class="notice">
                <strong>{texts.ownNever}.</strong> {texts.ownNeverWhy}
              </p>
            )}
            <Items items={updates} none={texts.none} more={older}>
              {(update) => <UpdateItem update={update} />}
            </Items>
          </>
        )}
      </Show>
    </>
  );
}
