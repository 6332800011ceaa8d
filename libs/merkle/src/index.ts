export { EMPTY_ROOT, HASH_SIZE, leafHash, nodeHash } from './hash.ts';
export { foldSubtrees, subtrees, type LeafRange, type NodeId, type NodeSource } from './node.ts';
export { Frontier, rootOfLeaves, type OnSubtree } from './frontier.ts';
export {
  consistencyPlan,
  consistencyRanges,
  inclusionPlan,
  inclusionRanges,
  proveConsistency,
  proveInclusion,
  readProof,
  readRoot,
  type ProofPlan,
} from './proof.ts';
export * from './verify.ts';
export * from './tiles.ts';
export {
  formatSignerKey,
  isKeyName,
  noteSigner,
  parseSignerKey,
  parseVerifierKey,
  type NoteSigner,
  type NoteVerifier,
} from './note-key.ts';
export * from './note.ts';
export * from './checkpoint.ts';
export * from './window.ts';
export * from './delivery.ts';
