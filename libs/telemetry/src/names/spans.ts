import type { AttributeName } from './attributes.ts';

/** What a span tells of. */
export interface SpanSpec {
  /** Its name; an attribute in braces stands for its value. */
  readonly name: string;
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  readonly attributes: readonly AttributeName[];
  /** What its parent is, and what it links to. */
  readonly follows: string;
  readonly means: string;
}

/** Every span, by the name that the code has for it. */
export const SPANS = {
  'rpc.serve': {
    name: '{rpc.method}',
    kind: 'server',
    attributes: ['rpc.method', 'rpc.response.status_code', 'corridor.reason'],
    follows: 'The span of the caller, when the call carries one; else nothing: it begins a trace.',
    means: 'A call from its metadata to its status; a stream from its opening to its end.',
  },
  'rpc.call': {
    name: '{rpc.method}',
    kind: 'client',
    attributes: ['rpc.method', 'rpc.response.status_code', 'corridor.reason'],
    follows: 'The request over HTTP that asks for it.',
    means: 'A call of the gateway to the node.',
  },
  'http.serve': {
    name: '{http.request.method} {http.route}',
    kind: 'server',
    attributes: ['http.request.method', 'http.route', 'http.response.status_code'],
    follows: 'The span of the caller, when the request carries one; else nothing: it begins a trace.',
    means: 'A request over HTTP until its answer is sent.',
  },
  publish: {
    name: 'publish',
    kind: 'internal',
    attributes: ['corridor.agency', 'corridor.updates', 'corridor.reason'],
    follows: 'The call. In a stream that carries no span of its caller each message begins a trace, which links to the stream.',
    means: 'A message of updates from its arrival until it is durable and read back.',
  },
  'log.append': {
    name: 'append {corridor.topic}',
    kind: 'producer',
    attributes: ['corridor.topic', 'corridor.records', 'corridor.reason'],
    follows: 'Whoever appends; for what an outbox publishes the writes that its events come from. Records carry it on as `traceparent`.',
    means: 'Records on their way into the log until they are durable.',
  },
  'log.process': {
    name: 'process {corridor.topic}',
    kind: 'consumer',
    attributes: ['corridor.topic', 'corridor.group', 'corridor.records', 'corridor.reason'],
    follows: 'The record it is about; where records of several traces come together it begins one and links to them.',
    means: 'A group handles records that it was given together.',
  },
  'store.read': {
    name: 'read {corridor.collection}',
    kind: 'client',
    attributes: ['corridor.collection', 'corridor.reason'],
    follows: 'Whoever reads.',
    means: 'A read of documents.',
  },
  'store.write': {
    name: 'write {corridor.collection}',
    kind: 'client',
    attributes: ['corridor.collection', 'corridor.reason'],
    follows: 'Whoever writes. The events of the write carry it on as `traceparent`.',
    means: 'A write of documents until it is durable.',
  },
  fold: {
    name: 'fold',
    kind: 'consumer',
    attributes: ['corridor.updates'],
    follows: 'The append of the record.',
    means: 'A hub takes a record of updates from the log: opens it, orders its updates, masks them. One per record and replica.',
  },
  deliver: {
    name: 'deliver',
    kind: 'producer',
    attributes: ['corridor.agency', 'corridor.purpose', 'corridor.channel', 'corridor.updates', 'corridor.reason'],
    follows: 'The append of the record.',
    means: 'A record for one subscription, until the transport or the topic of the partner has it. At most 8 per record and replica.',
  },
  decide: {
    name: 'decide',
    kind: 'internal',
    attributes: ['corridor.agency', 'corridor.purpose', 'corridor.decided', 'corridor.reason'],
    follows: 'The delivery it is for.',
    means: 'What of a record a recipient may have is decided and put on record, or known from before. As many as deliveries.',
  },
  evaluate: {
    name: 'evaluate',
    kind: 'consumer',
    attributes: ['corridor.updates', 'corridor.reason'],
    follows: 'The append of the record to the topic of the early-warning agency.',
    means: 'Rules evaluate what a record reports.',
  },
  'alert.deliver': {
    name: 'deliver alert',
    kind: 'producer',
    attributes: ['corridor.agency', 'corridor.channel', 'corridor.alert.cause', 'corridor.reason'],
    follows: 'The write of the alert. At most 8 per change and replica.',
    means: 'What happened to an alert for one reader, decided, until the transport or the topic of the partner has it.',
  },
  'alert.acknowledge': {
    name: 'acknowledge alert',
    kind: 'internal',
    attributes: ['corridor.agency', 'corridor.reason'],
    follows: 'The call; it links to the span under which the alert was raised.',
    means: 'A focal point fulfils its duty.',
  },
} as const satisfies Readonly<Record<string, SpanSpec>>;

export type SpanName = keyof typeof SPANS;
