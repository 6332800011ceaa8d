import type { DescMessage, JsonValue } from '@bufbuild/protobuf';
import { isObject } from '../contract/json.ts';
import type { Refusal } from './refusal.ts';

/**
 * Server-Sent Events as text (WHATWG HTML, section 9.2.5):
 *
 *   event = [ "id: " id LF ] "event: " name LF "data: " JSON LF LF
 *
 * JSON has no line breaks, so the data are one line.
 */

/** What a stream begins with: after how many milliseconds a browser that lost it shall connect again. */
export const OPENING = 'retry: 2000\n\n';
/** A comment; readers pass over it. */
export const HEARTBEAT = ':\n\n';
/** Why a stream ends. It is not called `error`, as browsers call the loss of a connection. */
export const refusalText = (refusal: Refusal): string => text('refusal', JSON.stringify(refusal));

/**
 * A message of a stream as an event. Where the message is a choice, the event goes by the name of what was chosen; one
 * with a cursor has it as its id. '' for a choice that only a newer contract knows.
 */
export function eventText({ fields, oneofs }: DescMessage, json: JsonValue): string {
  const isChoice = oneofs.length === 1 && fields.every(({ oneof }) => oneof !== undefined);
  if (!isChoice || !isObject(json)) return text('message', JSON.stringify(json), cursorIn(json));
  const [chosen] = Object.entries(json);
  if (chosen === undefined) return '';
  const [name, data] = chosen;
  return text(name, JSON.stringify(data), cursorIn(data));
}

/** The cursor of a mark, as it can stand in a header or a query. */
function cursorIn(data: JsonValue): string | undefined {
  const cursor = isObject(data) ? data['cursor'] : undefined;
  return typeof cursor === 'string' ? Buffer.from(cursor, 'base64').toString('base64url') : undefined;
}

const text = (name: string, data: string, id?: string): string => `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${data}\n\n`;
