import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { AnswerCheck } from './answer-check.ts';

/** What is sent, beside what the caller always sends. */
export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is bytes or a text. */
  readonly body?: unknown;
  /** Goes away before it is answered. */
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body, where it is JSON. */
  readonly json: unknown;
}

/** A Server-Sent Event. */
export interface Event {
  readonly id: string | undefined;
  readonly name: string;
  readonly data: unknown;
}

/** An open stream of events; iterating it ends when the node ends it. */
export interface EventStream extends AsyncIterable<Event> {
  readonly status: number;
  /** The refusal, where the stream was not opened. */
  readonly refused: unknown;
  /** Comments so far. */
  comments(): number;
  close(): void;
}

const raw = (url: string, { method = 'GET', headers = {}, body, signal }: Ask): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const bytes = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const type = bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(bytes)) };
    const call = request(url, { method, headers: { ...type, ...headers }, agent: false, ...(signal === undefined ? {} : { signal }) }, resolve);
    call.once('error', reject);
    call.end(bytes);
  });

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

const parsed = (text: string, { 'content-type': type = '' }: IncomingHttpHeaders): unknown => (type.startsWith('application/json') && text !== '' ? JSON.parse(text) : undefined);

/** Somebody who calls a node over HTTP. A browser sends its cookie and where its page is from; a program its token. */
export class Caller {
  readonly #node: string;
  readonly #always: Readonly<Record<string, string>>;
  readonly #check: AnswerCheck | undefined;

  constructor(node: string, check?: AnswerCheck, always: Readonly<Record<string, string>> = {}) {
    this.#node = node;
    this.#check = check;
    this.#always = always;
  }

  /** The same caller, who always sends these headers too. */
  with(headers: Readonly<Record<string, string>>): Caller {
    return new Caller(this.#node, this.#check, { ...this.#always, ...headers });
  }

  /** What it always sends under this name. */
  header(name: string): string | undefined {
    return this.#always[name];
  }

  /** Calls; an answer of the API must be as the OpenAPI document says. */
  async ask(path: string, ask: Ask = {}): Promise<Answer> {
    const answer = await raw(`${this.#node}${path}`, { ...ask, headers: { ...this.#always, ...ask.headers } });
    const { statusCode: status = 0, headers } = answer;
    const text = await textOf(answer);
    const json = parsed(text, headers);
    this.#check?.(ask.method ?? 'GET', path, status, json);
    return { status, headers, text, json };
  }

  async events(path: string, headers: Readonly<Record<string, string>> = {}): Promise<EventStream> {
    const answer = await raw(`${this.#node}${path}`, { headers: { ...this.#always, accept: 'text/event-stream', ...headers } });
    const { statusCode: status = 0 } = answer;
    if (status !== 200) return { ...noEvents, status, refused: parsed(await textOf(answer), answer.headers) };
    let comments = 0;
    async function* events(): AsyncGenerator<Event, undefined> {
      let text = '';
      for await (const part of answer) {
        text += String(part);
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const lines = text.slice(0, end).split('\n');
          text = text.slice(end + 2);
          const field = (name: string): string | undefined => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
          const data = field('data');
          if (data !== undefined) yield { id: field('id'), name: field('event') ?? 'message', data: JSON.parse(data) };
          else if (lines[0]?.startsWith(':') === true) comments += 1;
        }
      }
    }
    return { status, refused: undefined, comments: () => comments, close: () => answer.destroy(), [Symbol.asyncIterator]: events };
  }
}

const noEvents = { comments: () => 0, close: () => undefined, async *[Symbol.asyncIterator](): AsyncGenerator<Event, undefined> {} };
