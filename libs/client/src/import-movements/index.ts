export { importMovements, type ImportOutcome } from './import-movements.ts';
export { movementRequests, movementUpdateId, type MovementMeaning } from './movement-updates.ts';
export { describeProblems, importInvalid } from './problems.ts';
export { MAX_FILE_BYTES, readMovements, type MovementGroup, type Movements, type Problem, type ReadOptions } from './read-movements.ts';
export { routePlaces } from './route-places.ts';
