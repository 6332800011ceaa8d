/** What a key of the node signs. */
export type NodeKeyUse = 'tokens' | 'epochs';

/** A public key of the node; published so that others can verify what the node signed. */
export interface NodeKey {
  readonly id: string;
  readonly use: NodeKeyUse;
  /** Ed25519, raw, 32 bytes. */
  readonly publicKey: Uint8Array;
}
