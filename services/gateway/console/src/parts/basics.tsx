import type { ComponentChildren, JSX } from 'preact';
import { agencyOf, type Count, idOf } from '../api/common.ts';
import type { Refusal } from '../api/call.ts';
import type { TlpName } from '../api/vocabulary.ts';
import { useSeat, useSpeech } from '../console-context.ts';
import type { Loaded } from '../load.ts';

/** Text that others wrote: shown as it is, in its own direction, and never anything but text. */
export const Foreign = ({ children }: { readonly children: string }): JSX.Element => <bdi>{children}</bdi>;

/** Several lines that others wrote. */
export const ForeignText = ({ children, class: name = '' }: { readonly children: string; readonly class?: string }): JSX.Element => (
  <p class={`foreign ${name}`} dir="auto">
    {children}
  </p>
);

/** A count. Zero, unknown and suppressed are told apart by eye and by ear. */
export function CountText({ count }: { readonly count: Count }): JSX.Element {
  const { messages, format } = useSpeech();
  switch (count.state) {
    case 'known':
      return <span class="count">{format.number(count.value)}</span>;
    case 'unknown':
      return <Spoken class="count unknown" shown="?" said={messages.count.unknown} />;
    case 'suppressed':
      return <Spoken class="count suppressed" shown={messages.count.suppressed} said={messages.count.suppressedAloud} />;
  }
}

/** Something that is read aloud in other words than it is shown in. */
const Spoken = ({ shown, said, class: name }: { readonly shown: string; readonly said: string; readonly class: string }): JSX.Element => (
  <span class={name} title={said}>
    <span aria-hidden="true">{shown}</span>
    <span class="aloud">{said}</span>
  </span>
);

/** A place by its name, and its id beside it. */
export function PlaceName({ id }: { readonly id: string }): JSX.Element {
  const { place } = useSeat();
  return <Foreign>{place(id)}</Foreign>;
}

/** The agency of a resource name. */
export function AgencyName({ name }: { readonly name: string }): JSX.Element {
  const { agency } = useSeat();
  return <Foreign>{agency(`agencies/${agencyOf(name)}`)}</Foreign>;
}

/** An actor as `agency/actor`; records name no persons. */
export const ActorName = ({ name }: { readonly name: string }): JSX.Element => (
  <code>
    <bdi dir="ltr">{`${agencyOf(name)}/${idOf(name)}`}</bdi>
  </code>
);

/** An identifier: never translated, always from left to right. */
export const Identifier = ({ children }: { readonly children: string }): JSX.Element => (
  <code>
    <bdi dir="ltr">{children}</bdi>
  </code>
);

export function Time({ at }: { readonly at: number }): JSX.Element {
  const { format } = useSpeech();
  return <time dateTime={new Date(at).toISOString()}>{format.time(at)}</time>;
}

export function Day({ at }: { readonly at: number }): JSX.Element {
  const { format } = useSpeech();
  return <time dateTime={new Date(at).toISOString()}>{format.date(at)}</time>;
}

/** How a badge is coloured; its words say the same. */
export type Tone = 'plain' | 'good' | 'info' | 'warn' | 'bad' | 'extreme';

export const Badge = ({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ComponentChildren }): JSX.Element => <span class={`badge ${tone}`}>{children}</span>;

/** The Traffic Light Protocol label, in the colours that the standard gives it. */
export function TlpLabel({ tlp }: { readonly tlp: TlpName }): JSX.Element {
  const { messages } = useSpeech();
  return (
    <span class={`tlp ${tlp.toLowerCase().replaceAll('_', '-')}`} dir="ltr">
      {messages.words.tlp[tlp]}
    </span>
  );
}

/** A refusal in the reader's language, with what the node says of it. */
export function Refused({ refusal, again }: { readonly refusal: Refusal; readonly again?: () => void }): JSX.Element {
  const { messages } = useSpeech();
  const { title, reasons } = messages.refusal;
  return (
    <div class="refused" role="alert">
      <p>
        <strong>{reasons[refusal.reason] ?? title}</strong>
      </p>
      {refusal.message !== '' && <ForeignText>{refusal.message}</ForeignText>}
      {refusal.todo !== '' && (
        <p lang="en" dir="auto">
          <span class="label">{messages.refusal.todo}</span> <bdi>{refusal.todo}</bdi>
        </p>
      )}
      <p class="quiet">
        {messages.refusal.reason} <Identifier>{refusal.reason}</Identifier>
      </p>
      {again !== undefined && (
        <button type="button" onClick={again}>
          {messages.retry}
        </button>
      )}
    </div>
  );
}

export function Loading(): JSX.Element {
  const { messages } = useSpeech();
  return (
    <p class="loading" role="status">
      {messages.loading}
    </p>
  );
}

/** Shows what was loaded, or why it was not. */
export function Show<T>({ loaded, again, children }: { readonly loaded: Loaded<T>; readonly again?: () => void; readonly children: (value: T) => ComponentChildren }): JSX.Element {
  switch (loaded.state) {
    case 'loading':
      return <Loading />;
    case 'refused':
      return again === undefined ? <Refused refusal={loaded.refusal} /> : <Refused refusal={loaded.refusal} again={again} />;
    case 'ready':
      return <>{children(loaded.value)}</>;
  }
}

interface ItemsProps<T> {
  readonly items: readonly T[];
  /** What is said when there are none. */
  readonly none: string;
  readonly more: (() => void) | undefined;
  readonly children: (item: T) => ComponentChildren;
}

/** A list of items with names, or that there are none, and how to see more. */
export function Items<T extends { readonly name: string }>({ items, none, more, children }: ItemsProps<T>): JSX.Element {
  return (
    <>
      {items.length === 0 && <p>{none}</p>}
      <ul class="items">
        {items.map((item) => (
          <li key={item.name}>{children(item)}</li>
        ))}
      </ul>
      <More more={more} />
    </>
  );
}

/** Asks for the next page, where there is one. */
export function More({ more }: { readonly more: (() => void) | undefined }): JSX.Element | null {
  const { messages } = useSpeech();
  if (more === undefined) return null;
  return (
    <button type="button" onClick={more}>
      {messages.showMore}
    </button>
  );
}

/** Whether what is new arrives by itself. */
export function LiveMark({ live }: { readonly live: boolean }): JSX.Element {
  const { messages } = useSpeech();
  return <span class={`live ${live ? 'on' : 'off'}`}>{live ? messages.live : messages.notLive}</span>;
}

/** A table that may be wider than the screen: it is scrolled by itself, also with the keyboard. */
export const ScrollTable = ({ label, children, class: name = '' }: { readonly label: string; readonly children: ComponentChildren; readonly class?: string }): JSX.Element => (
  // A region that scrolls must be reached by the keyboard (WCAG 2.1.1).
  <div class={`scroll ${name}`} role="region" aria-label={label} tabIndex={0}>
    <table>{children}</table>
  </div>
);

/** A fact: what it is, and its value. */
export const Fact = ({ label, children }: { readonly label: string; readonly children: ComponentChildren }): JSX.Element => (
  <div class="fact">
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);
