import { REASONS, type Reason } from '@corridor/kernel';
import { DENY_REASONS, PURPOSES } from '@corridor/policy';

/** Something that a span or a metric says of what it tells of. */
export interface AttributeSpec {
  readonly means: string;
  /**
   * The values it takes: a closed list; `text`, which stands for words that the code or the registry of agencies fixes;
   * or `number`. None is ever taken from a payload, a token, a name of a person or a free text.
   */
  readonly values: readonly string[] | 'text' | 'number';
}

const closed = <V extends string>(means: string, values: readonly V[]): { readonly means: string; readonly values: readonly V[] } => ({ means, values });
const text = (means: string): { readonly means: string; readonly values: 'text' } => ({ means, values: 'text' });
const number = (means: string): { readonly means: string; readonly values: 'number' } => ({ means, values: 'number' });

// The one list of reasons is an object, whose keys TypeScript knows and `Object.keys` forgets.
const isReason = (name: string): name is Reason => name in REASONS;

/** Every attribute of a span and every label of a metric. Names without `corridor.` are those of OpenTelemetry. */
export const ATTRIBUTES = {
  'corridor.agency': text('An agency by its id: who published, or to whom something goes.'),
  'corridor.alert.cause': closed('What happened to an alert.', [
    'alert.raised',
    'alert.drafted',
    'alert.approved',
    'alert.updated',
    'alert.cancelled',
    'alert.expired',
    'duty.escalated',
    'duty.overdue',
    'duty.acknowledged',
  ]),
  'corridor.channel': closed('The way by which something goes to an agency: an open stream, or its own topic.', ['stream', 'topic']),
  'corridor.cause': closed('Why a data key was destroyed.', ['retention', 'erasure']),
  'corridor.collection': text('A collection of documents, as the code declares it.'),
  'corridor.decided': closed('Whether a decision was made anew, or was at hand from before.', ['anew', 'at hand']),
  'corridor.decision': closed('What was decided for a class of updates.', ['allow', 'deny']),
  'corridor.deny_reason': closed('Why a class was denied, see docs/policy.md; `none` when it was allowed.', [...DENY_REASONS, 'none']),
  'corridor.event': text('The event of a report in the log of the process, as the code names it.'),
  'corridor.group': text('A group of readers of the log that share a position.'),
  'corridor.level': closed('How grave a report is.', ['warn', 'error']),
  'corridor.operation': closed('What was asked of the store.', ['read', 'write']),
  'corridor.outcome': closed('What became of an update in the order of its log, see docs/policy.md.', ['accepted', 'repeat', 'lost']),
  'corridor.part': text('A part of the node: a service, or what services stand on.'),
  'corridor.purpose': closed('The purpose that a recipient declares.', PURPOSES),
  'corridor.reason': closed('Why a call failed, see docs/errors.md.', Object.keys(REASONS).filter(isReason)),
  'corridor.records': number('How many records of the log.'),
  'corridor.retried': closed('Whether a second replica was asked, because the first had not taken the call.', ['yes', 'no']),
  'corridor.topic': text('A topic of the log; `corridor.out` for the topic of any one partner.'),
  'corridor.updates': number('How many updates.'),
  'http.request.method': closed('The method of a request over HTTP.', ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', '_OTHER']),
  'http.response.status_code': number('The status of an answer over HTTP.'),
  'http.route': text('The route of a request over HTTP, with names for its parameters; `none` when nothing is there.'),
  'rpc.method': text('The full name of an RPC, `package.Service/Method`.'),
  'rpc.response.status_code': text('The gRPC status that a call ended with, e.g. `OK`, `UNAVAILABLE`.'),
} as const satisfies Readonly<Record<string, AttributeSpec>>;

export type AttributeName = keyof typeof ATTRIBUTES;

/** What an attribute may be set to. */
export type AttributeValue<N extends AttributeName> = (typeof ATTRIBUTES)[N]['values'] extends infer V
  ? V extends readonly (infer T)[]
    ? T
    : V extends 'number'
      ? number
      : string
  : never;
