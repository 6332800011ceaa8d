import type { Followup } from '../api/followup.ts';
import { checkCalls } from '../checked-calls.ts';
import type { FiledContribution } from './filed.ts';

/** A file that was read whole, and how it is recorded. */
export interface FileToRecord {
  /** Its name, for messages. */
  readonly file: string;
  readonly filed: readonly FiledContribution[];
  /** Whether the node only checks. */
  readonly checkOnly?: boolean;
}

/** What became of a file. */
export interface RecordingOutcome {
  readonly rows: number;
  /** Flows; one that stands in several lines counts once. */
  readonly flows: number;
  /** Flows that are new; 0 when the node only checked. */
  readonly created: number;
  /** Known flows that changed. */
  readonly updated: number;
  /** Lines that said what was known. */
  readonly repeatedReports: number;
}

/** Contributions of one call, at most (contract). */
const MOST = 500;

/**
 * Records the flows of a file that was read whole. The node checks all of them before the first one is recorded. Recording
 * it again changes nothing.
 * @param onProgress told how many lines the node has taken.
 * @throws CorridorError IMPORT_INVALID naming the lines that the node would refuse.
 */
export async function recordFile(
  followup: Followup,
  { file, filed, checkOnly = false }: FileToRecord,
  onProgress: (done: number) => void = () => undefined,
): Promise<RecordingOutcome> {
  const calls = Array.from({ length: Math.ceil(filed.length / MOST) }, (_, i) => filed.slice(i * MOST, (i + 1) * MOST));
  const request = (items: readonly FiledContribution[], validateOnly: boolean) => ({ contributions: items.map(({ contribution }) => contribution), validateOnly });
  await checkCalls(
    file,
    calls.map((items) => ({ lines: items.map(({ line }) => line), check: () => followup.recordContributions(request(items, true)) })),
  );
  let [created, updated, repeatedReports, done] = [0, 0, 0, 0];
  for (const items of checkOnly ? [] : calls) {
    const answer = await followup.recordContributions(request(items, false));
    created += answer.created;
    updated += answer.updated;
    repeatedReports += answer.repeatedReports;
    onProgress((done += items.length));
  }
  const flows = new Set(filed.map(({ contribution: { source, flowId } }) => `${source}.${flowId}`)).size;
  return { rows: filed.length, flows, created, updated, repeatedReports };
}
