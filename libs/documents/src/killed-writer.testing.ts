import { linesUntilKilled } from '@corridor/kernel/killed-process';
import { contractSpec, killedDoc, killedEvent } from './contract-documents.ts';
import type { DocumentStore } from './documents.ts';

/** What a script of an adapter does that the contract's kill test runs as a process: creates without end and prints, a line each, what was acknowledged. */
export async function createUntilKilled(open: (place: string, database: string) => Promise<DocumentStore>): Promise<void> {
  const [round = '', place = '', database = ''] = process.argv.slice(2);
  const documents = await (await open(place, database)).collection(contractSpec('killed'));
  let next = 0;
  const createWithoutEnd = async (): Promise<never> => {
    for (;;) {
      const id = `round-${round}-${next++}.`;
      await documents.create(id, killedDoc(id), [killedEvent(id)]);
      process.stdout.write(`${id}\n`);
    }
  };
  await Promise.all(Array.from({ length: 20 }, createWithoutEnd));
}

/** Runs such a script, and kills it, three times. Resolves to the ids of what was acknowledged. */
export async function killWriters(script: URL, ...where: readonly string[]): Promise<readonly string[]> {
  const acknowledged: string[] = [];
  for (const round of ['1', '2', '3']) {
    for await (const line of linesUntilKilled(script, [round, ...where], 100)) if (line.endsWith('.')) acknowledged.push(line);
  }
  return acknowledged;
}
