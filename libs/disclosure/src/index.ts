export * from './table.ts';
export { applyMask, decodeMask, encodeMask, type Mask } from './mask.ts';
export { decodeMemory, encodeMemory, type CellMemory, type MaskMemory } from './memory.ts';
export { DEFAULT_THRESHOLD, MIN_THRESHOLD, maskFor, maskThread, nextMask, type MaskOptions } from './next-mask.ts';
export { FIREWALL_TOTAL_BASIS, firewallExact, firewallTable, type Firewall } from './firewall.ts';
export * from './views.ts';
export * from './period.ts';
