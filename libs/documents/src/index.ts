export * from './change-all.ts';
export * from './documents.ts';
export * from './every.ts';
export * from './leases.ts';
export * from './lost-race.ts';
export * from './pick-page.ts';
export * from './prefix.ts';
export * from './stored-json.ts';
