import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Session } from './api/session.ts';
import type { Format } from './format.ts';
import type { Language, Messages } from './messages/index.ts';

/** The language that is spoken, and how values are written in it. */
export interface Speech {
  readonly language: Language;
  readonly messages: Messages;
  readonly format: Format;
  choose(language: Language): void;
}

/** What every page knows of who looks at it. */
export interface Seat {
  readonly session: Session;
  /** Whether an operation is offered, e.g. `alerts/acknowledge-alert`. */
  can(operation: string): boolean;
  /** The name of a place for people. */
  place(id: string): string;
  /** The name of an agency for people, by `agencies/{agency}`. */
  agency(name: string): string;
}

export const SpeechContext = createContext<Speech | undefined>(undefined);
export const SeatContext = createContext<Seat | undefined>(undefined);

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a part of the page stands outside of it');
  return value;
}

export const useSpeech = (): Speech => given(useContext(SpeechContext));
export const useSeat = (): Seat => given(useContext(SeatContext));
