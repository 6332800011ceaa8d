import type { ComponentChildren, JSX, TargetedEvent } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { Refusal } from '../api/call.ts';
import { useSpeech } from '../console-context.ts';
import { Refused } from './basics.tsx';

interface Labelled {
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
}

/** A labelled choice. */
export function Choice<V extends string>({
  label,
  name,
  options,
  value,
  any,
  choose,
  required = false,
}: Labelled & {
  readonly options: Readonly<Record<V, string>>;
  readonly value?: V | '';
  /** Words for no choice. Without it there must be one, and none is made beforehand. */
  readonly any?: string;
  readonly choose?: (value: V | '') => void;
  readonly required?: boolean;
}): JSX.Element {
  const id = useId();
  const { messages } = useSpeech();
  const names = namesOf(options);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        name={name}
        required={required}
        {...(value === undefined ? {} : { value })}
        onChange={({ currentTarget }) => choose?.(names.find((each) => each === currentTarget.value) ?? '')}
      >
        {(any !== undefined || value === undefined) && <option value="">{any ?? messages.choose}</option>}
        {names.map((each) => (
          <option key={each} value={each}>
            {options[each]}
          </option>
        ))}
      </select>
    </div>
  );
}

const namesOf = <V extends string>(options: Readonly<Record<V, string>>): readonly V[] => {
  const isName = (name: string): name is V => Object.hasOwn(options, name);
  return Object.keys(options).filter(isName);
};

/** The kinds of a line. */
const LINE = { text: { type: 'text' }, password: { type: 'password' }, number: { type: 'number' }, url: { type: 'url' }, 'datetime-local': { type: 'datetime-local' } } as const;

/** A labelled line. */
export function Line({
  label,
  name,
  hint,
  type = 'text',
  ...input
}: Labelled & {
  readonly type?: keyof typeof LINE;
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly min?: string;
  readonly max?: string;
  readonly value?: string;
  readonly defaultValue?: string;
  readonly autoComplete?: 'username' | 'current-password' | 'off';
  readonly onChange?: (event: TargetedEvent<HTMLInputElement>) => void;
}): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} name={name} {...LINE[type]} dir="auto" spellcheck={false} {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })} {...input} />
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** A labelled text of several lines. */
export function Lines({ label, name, maxLength, required = false, rows = 3 }: Labelled & { readonly maxLength: number; readonly required?: boolean; readonly rows?: number }): JSX.Element {
  const id = useId();
  return (
    <div class="field wide">
      <label for={id}>{label}</label>
      <textarea id={id} name={name} dir="auto" rows={rows} maxLength={maxLength} required={required} />
    </div>
  );
}

/** A labelled yes or no. */
export function Tick({ label, name, checked, choose }: Labelled & { readonly checked?: boolean; readonly choose?: (checked: boolean) => void }): JSX.Element {
  const id = useId();
  return (
    <div class="tick">
      <input id={id} name={name} type="checkbox" {...(checked === undefined ? {} : { checked })} onChange={({ currentTarget }) => choose?.(currentTarget.checked)} />
      <label for={id}>{label}</label>
    </div>
  );
}

/** The values of a form by name, trimmed. */
export type Values = (name: string) => string;

/** A form that does one thing, says that it does, and says why it could not. */
export function ActionForm({
  submit,
  done,
  act,
  children,
  tone = 'primary',
}: {
  /** Words of its button. */
  readonly submit: string;
  /** What it says when it has been done. */
  readonly done?: string;
  readonly act: (values: Values, all: (name: string) => readonly string[]) => Promise<void>;
  readonly children?: ComponentChildren;
  readonly tone?: 'primary' | 'plain' | 'danger';
}): JSX.Element {
  const [state, setState] = useState<'idle' | 'busy' | 'done' | Refusal>('idle');
  const { messages } = useSpeech();
  const form = useRef<HTMLFormElement>(null);
  const send = async (data: FormData): Promise<void> => {
    setState('busy');
    const textOf = (value: FormDataEntryValue | null): string => (typeof value === 'string' ? value.trim() : '');
    try {
      await act((name) => textOf(data.get(name)), (name) => data.getAll(name).map(textOf));
      form.current?.reset();
      setState('done');
    } catch (error) {
      setState(Refusal.from(error));
    }
  };
  return (
    <form
      ref={form}
      aria-busy={state === 'busy'}
      onSubmit={(event) => {
        event.preventDefault();
        if (state !== 'busy') void send(new FormData(event.currentTarget));
      }}
    >
      {children}
      <button type="submit" class={tone} disabled={state === 'busy'}>
        {submit}
      </button>
      <p class="done" role="status">
        {state === 'busy' ? messages.loading : state === 'done' ? (done ?? '') : ''}
      </p>
      {state instanceof Refusal && <Refused refusal={state} />}
    </form>
  );
}
