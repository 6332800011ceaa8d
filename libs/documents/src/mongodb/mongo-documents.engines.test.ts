import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { documentsContract, type KilledStoreWriter } from '../contract.ts';
import { MongoFixture, mongoUrls, newDatabase } from './engines.testing.ts';

async function kill(url: string): Promise<KilledStoreWriter> {
  const database = newDatabase();
  const acknowledged: string[] = [];
  for (const round of ['1', '2', '3']) {
    const writer = spawn('node', [fileURLToPath(new URL('./killed-writer.testing.ts', import.meta.url)), url, database, round], { stdio: ['ignore', 'pipe', 'inherit'] });
    let lines = 0;
    for await (const line of createInterface(writer.stdout)) {
      lines += 1;
      if (lines === 100) writer.kill('SIGKILL');
      if (line.endsWith('.')) acknowledged.push(line);
    }
  }
  const fixture = await MongoFixture.open(url, {}, database);
  return { store: fixture.store, reopen: fixture.reopen, dispose: fixture.dispose, acknowledged };
}

for (const [place, url] of mongoUrls.entries()) {
  documentsContract({
    name: `MongoDB, server ${place + 1}`,
    open: () => MongoFixture.open(url),
    features: { narrowQueue: (bytes) => MongoFixture.open(url, { queue: { bytes, calls: 1000 } }), kill: () => kill(url) },
  });
}

describe.runIf(mongoUrls.length === 0)('documents contract: MongoDB', () => {
  it.runIf(process.env['CORRIDOR_REQUIRE_ENGINES'] === '1')('does not run: CORRIDOR_TEST_MONGODB names no server', () => {
    expect(mongoUrls).not.toEqual([]);
  });
});
