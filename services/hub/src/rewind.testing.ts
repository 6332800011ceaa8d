import { join } from 'node:path';
import { utf8 } from '@corridor/kernel';
import { openSqliteStore } from '@corridor/outbox/sqlite';
import { TOPICS } from '@corridor/runtime';

/** Puts the position of the fold back to the start while all its records stay: what a crash between both leaves behind. */
export async function rewindFold(folder: string): Promise<void> {
  const store = await openSqliteStore({ file: join(folder, 'corridor.db'), topics: Object.values(TOPICS) });
  const positions = await store.documents.collection<unknown>({
    name: 'hub-fold-positions',
    encode: (doc) => utf8(JSON.stringify(doc)),
    decode: () => undefined,
    indexes: {},
  });
  // The newest id is that of a record before the crash, so that none of the ids is known to be new.
  const offsets = Array.from({ length: TOPICS.updates.partitions }, () => 0);
  await positions.putAll([{ kind: 'put', id: 'updates', doc: { offsets, newestId: Number.MAX_SAFE_INTEGER } }]);
  await store.close();
}

/** Forgets everything that was folded: what a restore of log and keys without the archive leaves behind. */
export async function forgetArchive(folder: string): Promise<void> {
  const store = await openSqliteStore({ file: join(folder, 'corridor.db'), topics: Object.values(TOPICS) });
  for (const name of ['hub-fold-positions', 'hub-archive']) {
    const indexes = name === 'hub-archive' ? { report: none, time: none, series: none } : {};
    const documents = await store.documents.collection<unknown>({ name, encode: () => utf8('{}'), decode: () => undefined, indexes });
    const ids = ['updates'];
    for (let partition = 0; partition < TOPICS.updates.partitions; partition += 1) {
      for (let offset = 0; offset < 200; offset += 1) ids.push(`${hex(partition, 2)}/${hex(offset, 12)}`);
    }
    await documents.putAll(ids.map((id) => ({ kind: 'delete', id })));
  }
  await store.close();
}

const none = (): readonly string[] => [];
const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');
