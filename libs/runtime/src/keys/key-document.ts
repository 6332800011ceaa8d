import type { CollectionSpec } from '@corridor/documents';
import { CorridorError, fromUtf8, utf8 } from '@corridor/kernel';

/** What the store of keys holds. `wrapped` is sealed under the master key with the document's id as additional data. */
export type KeyDocument =
  | { readonly kind: 'check'; readonly wrapped: Buffer }
  | { readonly kind: 'data'; readonly keyId: string; readonly month: string; readonly wrapped: Buffer }
  /** What is left of a destroyed data key: nothing of its bytes. */
  | { readonly kind: 'destroyed' }
  | { readonly kind: 'signing'; readonly wrapped: Buffer }
  /** The newest key first; older ones only open. */
  | { readonly kind: 'aead'; readonly wrapped: readonly Buffer[] };

/** The collection of keys; data keys are found by id and by the month at whose end they may be destroyed. */
export const KEY_COLLECTION: CollectionSpec<KeyDocument> = {
  name: 'keys',
  encode: (doc) => utf8(JSON.stringify(doc, (_, value: unknown) => (isBufferJson(value) ? Buffer.from(value.data).toString('base64') : value))),
  decode: (bytes) => {
    const doc = parse(bytes);
    if (doc === undefined) throw new CorridorError('DATABASE_DAMAGED', 'the store of keys holds what is no key');
    return doc;
  },
  indexes: {
    id: (doc) => (doc.kind === 'data' ? [doc.keyId] : []),
    month: (doc) => (doc.kind === 'data' ? [doc.month] : []),
  },
};

function parse(bytes: Uint8Array): KeyDocument | undefined {
  const { kind, wrapped, keyId, month } = fields(bytes);
  switch (kind) {
    case 'check':
    case 'signing':
      return typeof wrapped === 'string' ? { kind, wrapped: Buffer.from(wrapped, 'base64') } : undefined;
    case 'data':
      return typeof wrapped === 'string' && typeof keyId === 'string' && typeof month === 'string'
        ? { kind, keyId, month, wrapped: Buffer.from(wrapped, 'base64') }
        : undefined;
    case 'destroyed':
      return { kind };
    case 'aead':
      return Array.isArray(wrapped) && wrapped.length > 0 ? { kind, wrapped: wrapped.map((key) => Buffer.from(String(key), 'base64')) } : undefined;
    default:
      return undefined;
  }
}

function fields(bytes: Uint8Array): Readonly<Record<'kind' | 'wrapped' | 'keyId' | 'month', unknown>> {
  const none = { kind: undefined, wrapped: undefined, keyId: undefined, month: undefined };
  try {
    const value: unknown = JSON.parse(fromUtf8(bytes));
    return typeof value === 'object' && value !== null ? { ...none, ...value } : none;
  } catch {
    return none;
  }
}

/** What `Buffer.prototype.toJSON` makes of bytes. */
const isBufferJson = (value: unknown): value is { readonly data: readonly number[] } =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value && Array.isArray(value.data);
