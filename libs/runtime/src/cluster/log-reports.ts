import type { KafkaHappening } from '@corridor/eventlog/kafka';
import type { Report } from '../service.ts';

/** Tells the operator what happens to the log beside its calls. */
export const reportingLog =
  (report: Report) =>
  (happening: KafkaHappening): void => {
    switch (happening.kind) {
      case 'rebalanced':
        return report('info', 'log.rebalanced', { topic: happening.topic, group: happening.group, partitions: happening.partitions.join() });
      case 'unreachable':
        return report('warn', 'log.unreachable', { fault: happening.fault });
      case 'reachable':
        return report('info', 'log.reachable');
      case 'leaderless':
        if (happening.partitions.length === 0) return report('info', 'log.led', { topic: happening.topic });
        return report('warn', 'log.leaderless', { topic: happening.topic, partitions: happening.partitions.join() });
      case 'positions-not-kept':
        return report('warn', 'log.positions-not-kept', { topic: happening.topic, group: happening.group, fault: happening.fault });
      case 'client':
        return report('warn', 'log.client', { message: happening.message });
      default:
        return happening satisfies never;
    }
  };
