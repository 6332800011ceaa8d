import type { ATTRIBUTES, AttributeName, AttributeValue, METRICS, MetricName, SPANS, SpanName } from './names/index.ts';

type Valued<N extends AttributeName> = { readonly [A in N]: AttributeValue<A> };

/** The labels of a metric, all of them. */
export type LabelsOf<N extends MetricName> = Valued<(typeof METRICS)[N]['labels'][number]>;

/** Attributes of a span, those that are known. */
export type AttributesOf<N extends SpanName> = Partial<Valued<(typeof SPANS)[N]['attributes'][number]>>;

/** The topics of partners are one to whoever measures: their number is not ours to bound. */
export const topicLabel = (topic: string): AttributeValue<'corridor.topic' & keyof typeof ATTRIBUTES> => (topic.startsWith(OUT) ? 'corridor.out' : topic);

const OUT = 'corridor.out.';
