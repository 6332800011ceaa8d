import type { KafkaHappening } from '@corridor/eventlog/kafka';
import { topicLabel } from './labels.ts';
import { count, gauge } from './metrics.ts';

/**
 * Counts what the log on Kafka tells beside its calls, until `stop`.
 * @returns `observe`, to be handed to the adapter
 */
export function kafkaHappenings(): { readonly observe: (happening: KafkaHappening) => void; readonly stop: () => void } {
  let isUnreachable = false;
  const stop = gauge('corridor.log.unreachable', () => [{ value: isUnreachable ? 1 : 0, labels: {} }]);
  const leaderless = new Map<string, number>();
  const stopLeaderless = gauge('corridor.log.leaderless', () =>
    [...Map.groupBy(leaderless, ([topic]) => topicLabel(topic))].map(([topic, counts]) => ({ value: counts.reduce((sum, [, count]) => sum + count, 0), labels: { 'corridor.topic': topic } })),
  );
  return {
    stop: () => {
      stop();
      stopLeaderless();
    },
    observe: (happening) => {
      switch (happening.kind) {
        case 'rebalanced':
          return count('corridor.log.rebalances', 1, groupOf(happening));
        case 'positions-not-kept':
          return count('corridor.log.positions_not_kept', 1, groupOf(happening));
        case 'leaderless':
          leaderless.set(happening.topic, happening.partitions.length);
          return;
        case 'unreachable':
        case 'reachable':
          isUnreachable = happening.kind === 'unreachable';
          return;
        case 'client':
          return;
      }
    },
  };
}

const groupOf = ({ topic, group }: { readonly topic: string; readonly group: string }) => ({ 'corridor.topic': topicLabel(topic), 'corridor.group': group });
