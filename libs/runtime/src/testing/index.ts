export * from './access-table.ts';
export * from './policy-facts.ts';
