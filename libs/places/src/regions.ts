/** One area of the M49 list: code, name, code of the area above (`''` for the world). */
export type RegionRow = readonly [id: string, name: string, parent: string];

/**
 * Geographic regions of the United Nations' "Standard country or area codes for statistical use" (M49): region, subregion,
 * and intermediate region where there is one.
 */
export const REGIONS: readonly RegionRow[] = [
  ['m49-001', 'World', ''],
  ['m49-002', 'Africa', 'm49-001'],
  ['m49-015', 'Northern Africa', 'm49-002'],
  ['m49-202', 'Sub-Saharan Africa', 'm49-002'],
  ['m49-014', 'Eastern Africa', 'm49-202'],
  ['m49-017', 'Middle Africa', 'm49-202'],
  ['m49-018', 'Southern Africa', 'm49-202'],
  ['m49-011', 'Western Africa', 'm49-202'],
  ['m49-019', 'Americas', 'm49-001'],
  ['m49-419', 'Latin America and the Caribbean', 'm49-019'],
  ['m49-029', 'Caribbean', 'm49-419'],
  ['m49-013', 'Central America', 'm49-419'],
  ['m49-005', 'South America', 'm49-419'],
  ['m49-021', 'Northern America', 'm49-019'],
  ['m49-142', 'Asia', 'm49-001'],
  ['m49-143', 'Central Asia', 'm49-142'],
  ['m49-030', 'Eastern Asia', 'm49-142'],
  ['m49-035', 'South-eastern Asia', 'm49-142'],
  ['m49-034', 'Southern Asia', 'm49-142'],
  ['m49-145', 'Western Asia', 'm49-142'],
  ['m49-150', 'Europe', 'm49-001'],
  ['m49-151', 'Eastern Europe', 'm49-150'],
  ['m49-154', 'Northern Europe', 'm49-150'],
  ['m49-039', 'Southern Europe', 'm49-150'],
  ['m49-155', 'Western Europe', 'm49-150'],
  ['m49-009', 'Oceania', 'm49-001'],
  ['m49-053', 'Australia and New Zealand', 'm49-009'],
  ['m49-054', 'Melanesia', 'm49-009'],
  ['m49-057', 'Micronesia', 'm49-009'],
  ['m49-061', 'Polynesia', 'm49-009'],
];
