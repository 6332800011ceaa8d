export type { KafkaConnection, KafkaHappening } from './connection.ts';
export { type KafkaEventLog, type KafkaEventLogOptions, openKafkaEventLog } from './kafka-event-log.ts';
