import { addressOf, type Query, refusalIn, Refusal } from './call.ts';
import { type Parser, readAs } from './json.ts';

/** What a reader of a stream is told. */
export interface StreamReader<T> {
  take(delivered: T): void;
  /** Whether it is connected. */
  connected(live: boolean): void;
  /** It ended for good; nothing more comes. */
  ended(why: Refusal): void;
}

/** The browser connects again by itself after a break, with the cursor of the last mark; a stream that was refused is over. */
export function openStream<T>(operation: string, query: Query, parser: Parser<T>, reader: StreamReader<T>): { close(): void } {
  const source = new EventSource(addressOf(operation, query));
  const end = (why: Refusal): void => {
    source.close();
    reader.connected(false);
    reader.ended(why);
  };
  source.addEventListener('open', () => reader.connected(true));
  source.addEventListener('delivery', ({ data }: MessageEvent<string>) => {
    try {
      reader.take(readAs(parser, JSON.parse(data)));
    } catch (error) {
      end(Refusal.from(error));
    }
  });
  source.addEventListener('refusal', ({ data }: MessageEvent<string>) => {
    try {
      end(refusalIn(JSON.parse(data)));
    } catch (error) {
      end(Refusal.from(error));
    }
  });
  source.addEventListener('error', () => {
    reader.connected(false);
    if (source.readyState === EventSource.CLOSED) reader.ended(new Refusal('UNAVAILABLE', '', ''));
  });
  return { close: () => source.close() };
}
