import type { JSX } from 'preact';
import { contributionSums } from '../api/followup.ts';
import { useSpeech } from '../console-context.ts';
import { useLoad } from '../load.ts';
import { PlaceName, ScrollTable, Show } from '../parts/basics.tsx';

/** Sums of the contributions that the signed-in agency may see. Different units never add. */
export function Contributions(): JSX.Element {
  const { messages, format } = useSpeech();
  const texts = messages.contributions;
  const { loaded, again } = useLoad(() => contributionSums(''), []);
  return (
    <>
      <h1>{texts.title}</h1>
      <p class="quiet">{texts.lead}</p>
      <Show loaded={loaded} again={again}>
        {({ sums, pooled }) => (
          <>
            {sums.length === 0 && <p>{texts.none}</p>}
            {sums.length > 0 && (
              <ScrollTable label={texts.title}>
                <thead>
                  <tr>
                    <th scope="col">{texts.area}</th>
                    <th scope="col">{texts.stage}</th>
                    <th scope="col">{texts.unit}</th>
                    <th scope="col" class="number">
                      {texts.amount}
                    </th>
                    <th scope="col" class="number">
                      {texts.flows}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {sums.map(({ area, stage, unit, amount, flows }) => (
                    <tr key={`${area} ${stage} ${unit}`}>
                      <th scope="row">
                        <PlaceName id={area} />
                      </th>
                      <td>{messages.words.stage[stage]}</td>
                      <td>{messages.words.unit[unit]}</td>
                      <td class="number">{format.number(amount)}</td>
                      <td class="number">{format.number(flows)}</td>
                    </tr>
                  ))}
                </tbody>
              </ScrollTable>
            )}
            <p class="quiet">{messages.colon(texts.pooled, format.number(pooled))}</p>
          </>
        )}
      </Show>
    </>
  );
}
