import type { TracedSpan } from './traced-span.ts';

/** What the query API of Jaeger answers, as far as this needs it. */
interface Answer {
  readonly data: readonly { readonly spans: readonly JaegerSpan[] }[];
}
interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM'; readonly traceID: string; readonly spanID: string }[];
  readonly tags: readonly { readonly key: string; readonly value: string | number }[];
}

/** Every span of the traces in which a service takes part. */
export async function spansOf(jaeger: string, service: string): Promise<readonly TracedSpan[]> {
  const response = await fetch(`${jaeger}/api/traces?service=${encodeURIComponent(service)}&limit=100&lookback=1h`);
  const answer: unknown = await response.json();
  if (!isAnswer(answer)) throw new Error(`Jaeger answered ${response.status}`);
  return answer.data.flatMap(({ spans }) => spans).map(toSpan);
}

const isAnswer = (value: unknown): value is Answer => typeof value === 'object' && value !== null && 'data' in value && Array.isArray(value.data);

function toSpan({ traceID, spanID, operationName, references, tags }: JaegerSpan): TracedSpan {
  const parent = references.find(({ refType, traceID: of }) => refType === 'CHILD_OF' && of === traceID);
  return {
    trace: traceID,
    id: spanID,
    parent: parent?.spanID,
    name: operationName,
    attributes: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    links: references.filter((reference) => reference !== parent).map((reference) => ({ trace: reference.traceID, id: reference.spanID })),
  };
}
