import { fromUtf8, utf8 } from '@corridor/kernel';
import type { CollectionSpec, PendingEvent } from './documents.ts';

/** The documents that the contract works with. */
export interface ContractDoc {
  readonly text: string;
  readonly tags: readonly string[];
}

/** A collection of the contract's documents, with an index of one key and one over array members. */
export const contractSpec = (name: string): CollectionSpec<ContractDoc> => ({
  name,
  encode: (doc) => utf8(JSON.stringify(doc)),
  decode: (bytes) => JSON.parse(fromUtf8(bytes)) as ContractDoc,
  indexes: { text: ({ text }) => (text === '' ? [] : [text]), tags: ({ tags }) => tags },
});
/** What the kill test stores and publishes. */
export const killedDoc = (id: string): ContractDoc => ({ text: `text ${id}`, tags: [id] });
export const killedEvent = (id: string): PendingEvent => event(id, `event of ${id}`);
/** An event with this content. */
export const event = (key: string, content: string): PendingEvent => ({ topic: 'test.v1', key, envelope: Buffer.from(content), headers: { ce_id: content } });
