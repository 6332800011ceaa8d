export { importMovements, type ImportOutcome } from './import-movements.ts';
export { movementRequests, movementUpdateId, type MovementMeaning } from './movement-updates.ts';
export { describeProblems, importInvalid, type Problem } from '../csv/problems.ts';
export { readMovements, type MovementGroup, type Movements, type ReadOptions } from './read-movements.ts';
export { routePlaces } from './route-places.ts';
