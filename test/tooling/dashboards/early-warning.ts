import type { Dashboard } from './dashboard.ts';
import { greatest, percentile, perSecond, timesPerSecond } from './queries.ts';

/** From an observation to somebody who acknowledges the alert. */
export const earlyWarning: Dashboard = {
  id: 'early-warning',
  title: 'early warning',
  rows: [
    {
      title: 'Now',
      panels: [
        { kind: 'number', title: 'Duties overdue', description: 'Deputies, too, let their time pass, and nobody has acknowledged. Good: 0.', unit: 'short', queries: [greatest('corridor.alerts.duties.overdue')] },
        { kind: 'number', title: 'From observation to alert, p99', description: 'Good: below 10 s.', unit: 's', queries: [percentile(99, 'corridor.alerts.latency')] },
      ],
    },
    {
      title: 'Alerts',
      panels: [
        { kind: 'graph', title: 'What happened to alerts', description: 'Raised, approved, updated, cancelled, expired.', unit: 'ops', queries: [perSecond('corridor.alerts.changes', 'corridor.alert.cause')] },
        { kind: 'graph', title: 'Duties overdue', description: 'Open duties that nobody answered.', unit: 'short', queries: [greatest('corridor.alerts.duties.overdue')] },
      ],
    },
    {
      title: 'How fast',
      panels: [
        { kind: 'graph', title: 'From observation to alert', description: 'From when the newest of its updates was published until the alert was raised.', unit: 's', queries: [percentile(50, 'corridor.alerts.latency'), percentile(99, 'corridor.alerts.latency')] },
        { kind: 'graph', title: 'Alerts raised by rules', description: 'Those whose latency was measured, per second.', unit: 'ops', queries: [timesPerSecond('corridor.alerts.latency')] },
        { kind: 'graph', title: 'Records that the groups have not handled', description: 'Those of early warning begin with alerts.', unit: 'short', queries: [greatest('corridor.log.lag', 'corridor.topic', 'corridor.group')] },
      ],
    },
  ],
};
