export { describeProblems, importInvalid, type Problem } from '../csv/problems.ts';
export { addresseesBy } from './addressees.ts';
export { adoptFile, type AdoptionOutcome, type FileToAdopt } from './adopt-file.ts';
export { countriesOf } from './countries.ts';
export { type FiledRecommendation } from './filed.ts';
export { adopted, readRecommendations, recommendationLines, standing } from './own-layout.ts';
export { readUprRecommendations, type UprOptions } from './read-upr.ts';
