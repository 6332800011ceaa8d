import type { Dashboard } from './dashboard.ts';
import { greatest, percentile, perSecond, together } from './queries.ts';

/** The way of an update from its publisher to its recipients. */
export const exchange: Dashboard = {
  id: 'exchange',
  title: 'exchange',
  rows: [
    {
      title: 'Now',
      panels: [
        { kind: 'number', title: 'Updates published', description: 'Acknowledged updates per second.', unit: 'ops', queries: [perSecond('corridor.publish.updates')] },
        { kind: 'number', title: 'Updates delivered', description: 'To all recipients together, per second.', unit: 'ops', queries: [perSecond('corridor.deliveries')] },
        { kind: 'number', title: 'Publish, p99', description: 'Until an update is durable and read back. Good: below 50 ms.', unit: 's', queries: [percentile(99, 'corridor.publish.duration')] },
        { kind: 'number', title: 'Age of the policy confirmation', description: 'Of the worst process. At 1 s it sends nothing to anybody.', unit: 's', queries: [greatest('corridor.policy.confirmation.age')] },
      ],
    },
    {
      title: 'Publishing',
      panels: [
        { kind: 'graph', title: 'Updates by publisher', description: 'Acknowledged updates. A partner that falls silent may have lost its connection.', unit: 'ops', queries: [perSecond('corridor.publish.updates', 'corridor.agency', 'corridor.outcome')] },
        { kind: 'graph', title: 'Duration of publishing', description: 'From the arrival of a message until its updates are durable and read back.', unit: 's', queries: [percentile(50, 'corridor.publish.duration'), percentile(99, 'corridor.publish.duration')] },
        { kind: 'graph', title: 'Messages refused', description: 'By reason. UNAVAILABLE, QUEUE_FULL and STORAGE_FULL are ours, the rest is the publishers’.', unit: 'ops', queries: [perSecond('corridor.publish.refused', 'corridor.reason')] },
      ],
    },
    {
      title: 'Deciding',
      panels: [
        { kind: 'graph', title: 'Decisions', description: 'Put on record; a class is decided once under a revision of the policy.', unit: 'ops', queries: [perSecond('corridor.decisions', 'corridor.decision', 'corridor.deny_reason')] },
        { kind: 'graph', title: 'Age of the policy confirmation', description: 'At 1 s a process sends nothing to anybody.', unit: 's', queries: [greatest('corridor.policy.confirmation.age', 'job', 'instance')] },
        { kind: 'graph', title: 'Records not folded, not archived', description: 'Per hub. Near 0 when all is well.', unit: 'short', queries: [{ ...greatest('corridor.fold.lag', 'instance'), legend: 'not folded {{instance}}' }, { ...greatest('corridor.archive.lag', 'instance'), legend: 'not archived {{instance}}' }] },
      ],
    },
    {
      title: 'Delivering',
      panels: [
        { kind: 'graph', title: 'Updates by recipient', description: 'Handed to the transport, or appended to the topic of the recipient.', unit: 'ops', queries: [perSecond('corridor.deliveries', 'corridor.agency', 'corridor.channel')] },
        { kind: 'graph', title: 'From published to handed on', description: 'For recipients that keep up.', unit: 's', queries: [percentile(50, 'corridor.delivery.latency', 'corridor.channel'), percentile(99, 'corridor.delivery.latency', 'corridor.channel')] },
        { kind: 'graph', title: 'Lag by recipient', description: 'Records by which its slowest subscription is behind.', unit: 'short', queries: [greatest('corridor.delivery.lag', 'corridor.agency', 'corridor.channel')] },
        { kind: 'graph', title: 'Subscriptions', description: 'Over all hubs. A fall to 0: the agency was cut off or has gone.', unit: 'short', queries: [together('corridor.subscriptions', 'corridor.agency', 'corridor.channel')] },
      ],
    },
    {
      title: 'Proving',
      panels: [
        { kind: 'graph', title: 'Leaves of the audit log', description: 'Every record becomes one.', unit: 'ops', queries: [perSecond('corridor.audit.leaves')] },
        { kind: 'graph', title: 'Records without a leaf', description: 'Read by the audit service and not in the tree yet.', unit: 'short', queries: [greatest('corridor.audit.behind', 'instance')] },
        { kind: 'graph', title: 'Age of the checkpoint', description: 'For how long leaves wait for a signed checkpoint. Good: below three intervals (CORRIDOR_CHECKPOINT_MS).', unit: 's', queries: [greatest('corridor.audit.checkpoint.age')] },
        { kind: 'graph', title: 'Data keys destroyed', description: 'What was sealed under them is unreadable for good.', unit: 'ops', queries: [perSecond('corridor.keys.destroyed', 'corridor.cause')] },
      ],
    },
  ],
};
