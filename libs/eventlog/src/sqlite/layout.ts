/**
 * How the log lies in its database file:
 *
 *   log_topic(id, name, partitions)
 *   log_partition(id, topic, partition, begin)          id numbers all partitions of all topics
 *   log_record(position, record)                        position = log_partition.id * SPAN + offset
 *   log_group_position(group_name, partition, next)     partition = log_partition.id
 *
 * One integer key puts the records of a partition side by side in append order and makes appending at its end cheap.
 */
export const TABLES = `
  CREATE TABLE IF NOT EXISTS log_topic (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS log_partition (
    id INTEGER PRIMARY KEY, topic INTEGER NOT NULL, partition INTEGER NOT NULL, begin INTEGER NOT NULL, UNIQUE (topic, partition)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS log_record (position INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS log_group_position (
    group_name TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (group_name, partition)
  ) STRICT, WITHOUT ROWID;
`;

/** Offsets a partition has room for: 140 years at 1,000 records a second. */
export const SPAN = 2 ** 42;
/** Highest partition id, so that every position stays a safe integer. */
export const MAX_PARTITION_ID = 2 ** 53 / SPAN - 1;

/** The operations of the log on the writing thread, by their place in its list. */
export const OPERATION = { declare: 0, append: 1, keepPositions: 2, expire: 3, provision: 4, withdraw: 5 } as const;
