import type { Dashboard } from './dashboard.ts';
import { greatest, percentile, perSecond, replicas, timesPerSecond, together } from './queries.ts';

/** The processes, and what they stand on. */
export const system: Dashboard = {
  id: 'system',
  title: 'system',
  rows: [
    {
      title: 'Now',
      panels: [
        { kind: 'number', title: 'Replicas', description: 'Processes that tell of themselves, by service.', unit: 'short', queries: [replicas()] },
        { kind: 'number', title: 'Parts that do not work', description: '`/readyz` of the gateway says why. Good: 0.', unit: 'short', queries: [together('corridor.unwell')] },
        { kind: 'number', title: 'Log away', description: '1 while a process cannot reach Kafka.', unit: 'short', queries: [greatest('corridor.log.unreachable')] },
        { kind: 'number', title: 'Oldest event that waits for the log', description: 'Good: below 10 s.', unit: 's', queries: [greatest('corridor.outbox.age')] },
      ],
    },
    {
      title: 'Calls',
      panels: [
        { kind: 'graph', title: 'Calls by status', description: 'Unary calls, as the services answer them.', unit: 'ops', queries: [timesPerSecond('rpc.server.call.duration', 'rpc.response.status_code')] },
        { kind: 'graph', title: 'Duration of calls, p99', description: 'By method.', unit: 's', queries: [percentile(99, 'rpc.server.call.duration', 'rpc.method')] },
        { kind: 'graph', title: 'Refusals', description: 'By reason; docs/errors.md says what each means.', unit: 'ops', queries: [perSecond('corridor.rpc.refused', 'corridor.reason')] },
        { kind: 'graph', title: 'Streams', description: 'That are open. A sudden fall: partners were cut off.', unit: 'short', queries: [together('corridor.rpc.streams', 'rpc.method')] },
      ],
    },
    {
      title: 'Gateway',
      panels: [
        { kind: 'graph', title: 'gRPC passed on, p99', description: 'By service.', unit: 's', queries: [percentile(99, 'corridor.door.duration', 'corridor.part')] },
        { kind: 'graph', title: 'gRPC passed on, by outcome', description: 'Retried: the first replica had not taken the call.', unit: 'ops', queries: [timesPerSecond('corridor.door.duration', 'corridor.part', 'rpc.response.status_code', 'corridor.retried')] },
        { kind: 'graph', title: 'HTTP by status', description: 'Without live event streams.', unit: 'ops', queries: [timesPerSecond('http.server.request.duration', 'http.response.status_code')] },
        { kind: 'graph', title: 'Duration of HTTP, p99', description: 'By route.', unit: 's', queries: [percentile(99, 'http.server.request.duration', 'http.request.method', 'http.route')] },
      ],
    },
    {
      title: 'Log',
      panels: [
        { kind: 'graph', title: 'Records appended', description: 'By topic.', unit: 'ops', queries: [perSecond('corridor.log.appended', 'corridor.topic')] },
        { kind: 'graph', title: 'Duration of appends, p99', description: 'Above 100 ms the disks or the network of the log are slow.', unit: 's', queries: [percentile(99, 'corridor.log.append.duration', 'corridor.topic')] },
        { kind: 'graph', title: 'Appends that failed', description: 'By reason.', unit: 'ops', queries: [perSecond('corridor.log.append.failures', 'corridor.topic', 'corridor.reason')] },
        { kind: 'graph', title: 'Partitions without a leader', description: 'By topic. Above 0 only while brokers elect.', unit: 'short', queries: [greatest('corridor.log.leaderless', 'corridor.topic')] },
      ],
    },
    {
      title: 'Groups',
      panels: [
        { kind: 'graph', title: 'Records not handled', description: 'By topic and group. Near 0 when all is well.', unit: 'short', queries: [greatest('corridor.log.lag', 'corridor.topic', 'corridor.group')] },
        { kind: 'graph', title: 'Records handled', description: 'By topic and group.', unit: 'ops', queries: [perSecond('corridor.log.handled', 'corridor.topic', 'corridor.group')] },
        { kind: 'graph', title: 'Rebalances', description: 'A few when replicas come or go; steadily: a replica is too slow to say that it lives.', unit: 'ops', queries: [perSecond('corridor.log.rebalances', 'corridor.topic', 'corridor.group')] },
        { kind: 'graph', title: 'Positions that could not be kept', description: 'What was handled since is handled again.', unit: 'ops', queries: [perSecond('corridor.log.positions_not_kept', 'corridor.topic', 'corridor.group')] },
      ],
    },
    {
      title: 'Store',
      panels: [
        { kind: 'graph', title: 'Reads and writes', description: 'By operation.', unit: 'ops', queries: [timesPerSecond('corridor.store.duration', 'corridor.operation')] },
        { kind: 'graph', title: 'Duration, p99', description: 'By collection.', unit: 's', queries: [percentile(99, 'corridor.store.duration', 'corridor.collection', 'corridor.operation')] },
        { kind: 'graph', title: 'Failures', description: 'By reason. Lost races (VERSION_CONFLICT, ALREADY_EXISTS) are part of the work.', unit: 'ops', queries: [perSecond('corridor.store.failures', 'corridor.collection', 'corridor.reason')] },
        { kind: 'graph', title: 'Age of outboxes', description: 'The oldest event that is committed and not in the log yet.', unit: 's', queries: [greatest('corridor.outbox.age', 'corridor.collection')] },
      ],
    },
    {
      title: 'Processes',
      panels: [
        { kind: 'graph', title: 'CPU', description: 'Near 1 a process uses a whole core: add replicas.', unit: 'short', queries: [greatest('process.cpu.utilization', 'job', 'instance')] },
        { kind: 'graph', title: 'Memory', description: 'In RAM, and of that the heap of JavaScript.', unit: 'bytes', queries: [{ ...greatest('process.memory.usage', 'job', 'instance'), legend: '{{job}} {{instance}}' }, { ...greatest('v8js.memory.heap.used', 'job', 'instance'), legend: '{{job}} {{instance}} heap' }] },
        {
          kind: 'graph',
          title: 'Delay of the event loop',
          description: 'p99 above 100 ms: the process is short of CPU. The longest above 1 s: nothing was sent meanwhile.',
          unit: 's',
          queries: [{ ...greatest('nodejs.eventloop.delay.p99', 'job', 'instance'), legend: '{{job}} {{instance}} p99' }, { ...greatest('nodejs.eventloop.delay.max', 'job', 'instance'), legend: '{{job}} {{instance}} longest' }],
        },
        { kind: 'graph', title: 'Warnings and errors', description: 'In the logs of the processes.', unit: 'ops', queries: [perSecond('corridor.reports', 'corridor.level', 'corridor.event')] },
      ],
    },
    {
      title: 'Trouble with partners’ topics',
      panels: [
        { kind: 'graph', title: 'Failures', description: 'Attempts to write, open, bar or take away a topic that failed.', unit: 'ops', queries: [perSecond('corridor.partner_topic.failures', 'corridor.agency', 'corridor.reason')] },
        { kind: 'graph', title: 'Parts that do not work', description: 'By process.', unit: 'short', queries: [together('corridor.unwell', 'corridor.part', 'job')] },
      ],
    },
  ],
};
