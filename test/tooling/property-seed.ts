/** Runs before each test file: all properties of a run draw from the seed that vitest.config.ts printed. */
import fc from 'fast-check';

const seed = Number(process.env['CORRIDOR_SEED']);
if (!Number.isSafeInteger(seed)) throw new Error('CORRIDOR_SEED is a whole number; leave it out to have one drawn');
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
