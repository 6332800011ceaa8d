import type { AttributeName } from './attributes.ts';

/** What is measured. */
export interface MetricSpec {
  readonly instrument: 'counter' | 'up-down counter' | 'gauge' | 'histogram';
  /** As UCUM writes it; in braces what is counted. */
  readonly unit: string;
  readonly labels: readonly AttributeName[];
  readonly means: string;
  /** What it tells an operator, and what he does about it. */
  readonly act: string;
  /** The upper bounds of a histogram's buckets. */
  readonly bounds?: readonly number[];
}

/** Of what takes a millisecond when all is well and seconds when it is not, s. */
const QUICK = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
/** Of what may take minutes, s. */
const LONG = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600] as const;

/** Every metric. Names without `corridor.` are those of OpenTelemetry. */
export const METRICS = {
  'rpc.server.call.duration': {
    instrument: 'histogram',
    unit: 's',
    labels: ['rpc.method', 'rpc.response.status_code'],
    bounds: QUICK,
    means: 'How long unary calls took, by the status they ended with.',
    act: 'A method that becomes slow: look at a trace of it. UNAVAILABLE: see whether log and store can be reached.',
  },
  'corridor.rpc.refused': {
    instrument: 'counter',
    unit: '{call}',
    labels: ['rpc.method', 'corridor.reason'],
    means: 'Calls and streams that ended with an error, by its reason.',
    act: 'docs/errors.md says of each reason what it means. Many UNAUTHENTICATED or PERMISSION_DENIED: somebody tries what is not his; look at who.',
  },
  'corridor.rpc.streams': {
    instrument: 'up-down counter',
    unit: '{stream}',
    labels: ['rpc.method'],
    means: 'Streams that are open.',
    act: 'A sudden fall: partners were cut off. Look at refusals and at the network.',
  },
  'corridor.door.duration': {
    instrument: 'histogram',
    unit: 's',
    labels: ['corridor.part', 'rpc.response.status_code', 'corridor.retried'],
    bounds: QUICK,
    means: 'How long calls took that the gateway of the cluster edition passed on, by service.',
    act: 'Many UNAVAILABLE or retried: replicas of the service come and go.',
  },
  'http.server.request.duration': {
    instrument: 'histogram',
    unit: 's',
    labels: ['http.request.method', 'http.route', 'http.response.status_code'],
    bounds: QUICK,
    means: 'How long requests over HTTP took, without live event streams.',
    act: 'Compare with the durations of the RPCs behind them.',
  },
  'corridor.publish.duration': {
    instrument: 'histogram',
    unit: 's',
    labels: [],
    bounds: QUICK,
    means: 'From the arrival of a message of updates until it is durable, read back and can be acknowledged.',
    act: 'Above 1 s at the 99th percentile: look at the duration of appends, then at the event loop of the hub. More replicas or partitions help only the latter.',
  },
  'corridor.publish.updates': {
    instrument: 'counter',
    unit: '{update}',
    labels: ['corridor.agency', 'corridor.outcome'],
    means: 'Updates that were acknowledged, by their owner and by what became of them.',
    act: 'A partner that falls silent may have lost its connection: ask. Many repeats: its acknowledgements do not arrive.',
  },
  'corridor.publish.refused': {
    instrument: 'counter',
    unit: '{message}',
    labels: ['corridor.reason'],
    means: 'Messages of updates that were refused, by reason.',
    act: 'UNAVAILABLE, QUEUE_FULL, STORAGE_FULL: the node cannot take what it is given; see the log and its disk. Others: the publisher has to correct them.',
  },
  'corridor.fold.lag': {
    instrument: 'gauge',
    unit: '{record}',
    labels: [],
    means: 'Records of updates that stand in the log and that this hub has not folded yet.',
    act: 'It should be near 0. Growing: the hub is short of CPU, or the archive cannot be written.',
  },
  'corridor.archive.lag': {
    instrument: 'gauge',
    unit: '{record}',
    labels: [],
    means: 'Records that this hub has folded and of which it does not know yet that they are archived.',
    act: 'Growing: the store is slow, full or away. The fold waits for it.',
  },
  'corridor.deliveries': {
    instrument: 'counter',
    unit: '{update}',
    labels: ['corridor.agency', 'corridor.channel'],
    means: 'Updates handed to the transport for a recipient, or appended to its topic.',
    act: 'A recipient that stops receiving while others do: look at its lag and at decisions.',
  },
  'corridor.delivery.latency': {
    instrument: 'histogram',
    unit: 's',
    labels: ['corridor.channel'],
    bounds: LONG,
    means: 'From when an update was published until it was handed on, for recipients that keep up. What they catch up with is not counted.',
    act: 'Above 1 s: look at publish durations, the lag of the fold and the event loop.',
  },
  'corridor.delivery.lag': {
    instrument: 'gauge',
    unit: '{record}',
    labels: ['corridor.agency', 'corridor.channel'],
    means: 'Of the subscriptions of an agency at this hub, by how many records the slowest is behind what is folded.',
    act: 'Growing for one agency: it reads too slowly; tell it. Growing for all: the hub is short of CPU; add replicas.',
  },
  'corridor.subscriptions': {
    instrument: 'gauge',
    unit: '{subscription}',
    labels: ['corridor.agency', 'corridor.channel'],
    means: 'Subscriptions that this hub serves.',
    act: 'A fall to 0: the agency was cut off or has gone.',
  },
  'corridor.decisions': {
    instrument: 'counter',
    unit: '{decision}',
    labels: ['corridor.decision', 'corridor.deny_reason'],
    means: 'Decisions that were made and put on record, by the first reason.',
    act: 'A sudden rise of denials: an agreement ended or an agency was suspended; see docs/policy.md. UNKNOWN_VALUE: a replica is older than what it reads.',
  },
  'corridor.policy.confirmation.age': {
    instrument: 'gauge',
    unit: 's',
    labels: [],
    means: 'How long ago this process asked for the ends of the policy topics and then reached them.',
    act: 'At 1 s and above the process sends nothing to anybody. See whether the log can be reached.',
  },
  'corridor.partner_topic.failures': {
    instrument: 'counter',
    unit: '{failure}',
    labels: ['corridor.agency', 'corridor.reason'],
    means: 'Attempts to write, open, bar or take away the topic of a partner that failed.',
    act: 'The reason tells: UNAVAILABLE passes with the log; others need you. The agency receives nothing by its topic meanwhile, and all of it afterwards.',
  },
  'corridor.log.append.duration': {
    instrument: 'histogram',
    unit: 's',
    labels: ['corridor.topic'],
    bounds: QUICK,
    means: 'From handing records to the log until they are durable.',
    act: 'Above 100 ms: the disks or the network of the log are slow.',
  },
  'corridor.log.appended': {
    instrument: 'counter',
    unit: '{record}',
    labels: ['corridor.topic'],
    means: 'Records that became durable.',
    act: 'Compare with what readers of the topic handle.',
  },
  'corridor.log.append.failures': {
    instrument: 'counter',
    unit: '{call}',
    labels: ['corridor.topic', 'corridor.reason'],
    means: 'Appends that failed.',
    act: 'UNAVAILABLE: the log is away. QUEUE_FULL: it is slower than what comes in. STORAGE_FULL: make space.',
  },
  'corridor.log.handled': {
    instrument: 'counter',
    unit: '{record}',
    labels: ['corridor.topic', 'corridor.group'],
    means: 'Records that a group has handled.',
    act: 'At 0 while its lag grows: the group is stuck; the reports of its service say why.',
  },
  'corridor.log.lag': {
    instrument: 'gauge',
    unit: '{record}',
    labels: ['corridor.topic', 'corridor.group'],
    means: 'Records of a topic that a group has not handled yet, over all partitions; every replica says the same.',
    act: 'Growing: the service is too slow, stuck or gone.',
  },
  'corridor.log.rebalances': {
    instrument: 'counter',
    unit: '{rebalance}',
    labels: ['corridor.topic', 'corridor.group'],
    means: 'How often this process was given other partitions of a topic.',
    act: 'A few when replicas start or stop. Steadily: a replica is too slow to say that it lives; look at its event loop.',
  },
  'corridor.log.unreachable': {
    instrument: 'gauge',
    unit: '1',
    labels: [],
    means: '1 while the log cannot be reached, else 0.',
    act: 'Bring the brokers back. Nothing is lost; publishers are refused with UNAVAILABLE and try again.',
  },
  'corridor.log.leaderless': {
    instrument: 'gauge',
    unit: '{partition}',
    labels: ['corridor.topic'],
    means: 'Partitions of a topic without a leader, as far as this process reads them: nothing of them is read or appended.',
    act: 'Longer than an election takes: all brokers that have them are away. Bring one of them back.',
  },
  'corridor.log.positions_not_kept': {
    instrument: 'counter',
    unit: '{time}',
    labels: ['corridor.topic', 'corridor.group'],
    means: 'How often the position of a group could not be kept; what it handled since is handled again.',
    act: 'Nothing, unless it goes on: then see whether the log can be written.',
  },
  'corridor.store.duration': {
    instrument: 'histogram',
    unit: 's',
    labels: ['corridor.collection', 'corridor.operation'],
    bounds: QUICK,
    means: 'How long reads and writes of documents took.',
    act: 'Above 100 ms: the store is slow; look at its own measures.',
  },
  'corridor.store.failures': {
    instrument: 'counter',
    unit: '{call}',
    labels: ['corridor.collection', 'corridor.reason'],
    means: 'Reads and writes of documents that failed. Lost races (VERSION_CONFLICT, ALREADY_EXISTS) are part of the work.',
    act: 'UNAVAILABLE: the store is away. STORAGE_FULL: make space. VERSION_CONFLICT in great numbers: many change one document.',
  },
  'corridor.outbox.age': {
    instrument: 'gauge',
    unit: 's',
    labels: ['corridor.collection'],
    means: 'The age of the oldest event that is committed and not in the log yet; 0 when there is none.',
    act: 'Above 10 s: the log cannot be written, or the store cannot be read. What others know of the collection is that old.',
  },
  'corridor.alerts.changes': {
    instrument: 'counter',
    unit: '{change}',
    labels: ['corridor.alert.cause'],
    means: 'What happened to alerts and to the duties to acknowledge them.',
    act: 'duty.overdue: somebody did not answer; call them.',
  },
  'corridor.alerts.latency': {
    instrument: 'histogram',
    unit: 's',
    labels: [],
    bounds: LONG,
    means: 'From when the newest of its updates was published until an alert was raised. What rules find in history is not counted.',
    act: 'Above 10 s: look at the lag of group alerts-intake and of the topic of the early-warning agency.',
  },
  'corridor.alerts.duties.overdue': {
    instrument: 'gauge',
    unit: '{duty}',
    labels: [],
    means: 'Duties to acknowledge an alert whose deputies, too, let their time pass, and that are still open.',
    act: 'Above 0: `corridor alerts list` names the alerts; call the focal points.',
  },
  'corridor.audit.leaves': {
    instrument: 'counter',
    unit: '{leaf}',
    labels: [],
    means: 'Records that this process gave their leaf in the audit log.',
    act: 'At 0 while records are appended: see the reports of the audit service.',
  },
  'corridor.audit.behind': {
    instrument: 'gauge',
    unit: '{record}',
    labels: [],
    means: 'Records that this process has read and that have no leaf yet.',
    act: 'Growing: the store is slow or away.',
  },
  'corridor.audit.checkpoint.age': {
    instrument: 'gauge',
    unit: 's',
    labels: [],
    means: 'For how long what was published last lacks leaves that are there: the age of the newest published checkpoint while the tree is larger, else 0.',
    act: 'Above three intervals (CORRIDOR_CHECKPOINT_MS): partners cannot prove what is newer. See the reports of the audit service.',
  },
  'corridor.keys.destroyed': {
    instrument: 'counter',
    unit: '{key}',
    labels: ['corridor.cause'],
    means: 'Data keys that were destroyed: what was sealed under them is unreadable for good.',
    act: 'erasure that nobody knows of: ask its owner at once.',
  },
  'corridor.unwell': {
    instrument: 'gauge',
    unit: '1',
    labels: ['corridor.part'],
    means: '1 while a part of the node says that it does not work, or something of it does not, else 0.',
    act: '`/api/v1/status` and /readyz say why, in one line. Where they say nothing the part serves, and its last warning says what of it does not work.',
  },
  'corridor.reports': {
    instrument: 'counter',
    unit: '{report}',
    labels: ['corridor.level', 'corridor.event'],
    means: 'Warnings and errors in the log of the process.',
    act: 'Read them there; they carry trace ids where there is a trace.',
  },
  'nodejs.eventloop.delay.p99': {
    instrument: 'gauge',
    unit: 's',
    labels: [],
    means: 'The 99th percentile of how late the event loop of the process was, since it was last measured.',
    act: 'Above 100 ms: the process is short of CPU; add replicas.',
  },
  'nodejs.eventloop.delay.max': {
    instrument: 'gauge',
    unit: 's',
    labels: [],
    means: 'The longest delay of the event loop since it was last measured.',
    act: 'Above 1 s: the confirmation of the policy state lapses, and nothing is sent. Report what the process did.',
  },
  'process.memory.usage': {
    instrument: 'gauge',
    unit: 'By',
    labels: [],
    means: 'Memory of the process that is in RAM.',
    act: 'Growing without end is a defect: nothing here keeps what it does not bound. Report it.',
  },
  'v8js.memory.heap.used': {
    instrument: 'gauge',
    unit: 'By',
    labels: [],
    means: 'Memory on the heap of JavaScript.',
    act: 'As above.',
  },
  'process.cpu.utilization': {
    instrument: 'gauge',
    unit: '1',
    labels: [],
    means: 'CPU time that the process used since that was last measured, as a part of the time that went by; above 1 with several threads.',
    act: 'Near 1: the process uses a whole core; add replicas.',
  },
  'process.uptime': {
    instrument: 'gauge',
    unit: 's',
    labels: [],
    means: 'How long the process has run.',
    act: 'Falling again and again: it is restarted; read what it reported at last.',
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type MetricName = keyof typeof METRICS;

type OfInstrument<I extends MetricSpec['instrument']> = { [N in MetricName]: (typeof METRICS)[N]['instrument'] extends I ? N : never }[MetricName];
export type CounterName = OfInstrument<'counter'>;
export type UpDownCounterName = OfInstrument<'up-down counter'>;
export type HistogramName = OfInstrument<'histogram'>;
export type GaugeName = OfInstrument<'gauge'>;
