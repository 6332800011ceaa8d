import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { AlertStateName, CapStatusName } from '../api/vocabulary.ts';
import { useSeat, useSpeech } from '../console-context.ts';
import { useAlerts } from '../feed.ts';
import { AlertItem } from '../parts/alert-item.tsx';
import { Items, LiveMark, Show } from '../parts/basics.tsx';
import { Choice, Tick } from '../parts/fields.tsx';
import { hrefOf } from '../route.ts';

/** The alerts that the signed-in agency may see. Exercises and tests are shown to who asks for them. */
export function Alerts(): JSX.Element {
  const { messages } = useSpeech();
  const { can } = useSeat();
  const texts = messages.alerts;
  const [state, setState] = useState<AlertStateName | ''>('');
  const [unacknowledged, setUnacknowledged] = useState(false);
  const [unreal, setUnreal] = useState(false);
  const statuses: readonly CapStatusName[] = unreal ? ['CAP_STATUS_ACTUAL', 'CAP_STATUS_EXERCISE', 'CAP_STATUS_TEST'] : [];
  const { loaded, live, older, again } = useAlerts({ statuses, states: state === '' ? [] : [state], unacknowledged });
  return (
    <>
      <div class="title">
        <h1>{texts.title}</h1>
        {can('alerts/draft-alert') && (
          <a class="button" href={hrefOf(['alerts', 'new'])}>
            {texts.newDraft}
          </a>
        )}
      </div>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Choice label={texts.state} name="state" options={messages.words.alertState} value={state} any={texts.anyIssued} choose={setState} />
        <Tick label={texts.onlyMine} name="unacknowledged" checked={unacknowledged} choose={setUnacknowledged} />
        <Tick label={texts.withExercises} name="exercises" checked={unreal} choose={setUnreal} />
        <LiveMark live={live} />
      </form>
      <Show loaded={loaded} again={again}>
        {(alerts) => (
          <Items items={alerts} none={texts.none} more={older}>
            {(alert) => <AlertItem alert={alert} />}
          </Items>
        )}
      </Show>
    </>
  );
}
