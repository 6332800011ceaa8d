export { describeProblems, importInvalid, type Problem } from '../csv/problems.ts';
export { type FiledContribution } from './filed.ts';
export { contributionLines, readContributions } from './own-layout.ts';
export { readFtsContributions, type FtsOptions } from './read-fts.ts';
export { recordFile, type FileToRecord, type RecordingOutcome } from './record-file.ts';
