import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { dropDatabase, newDatabase, onEachServer } from './engines.testing.ts';

const CANARY = 'canary-of-what-is-sealed';

onEachServer('secrecy of what MongoDB holds', (url) => {
  it('keeps content and credentials out of errors and of the logs of the driver, whatever the environment asks of them', async () => {
    const database = newDatabase();
    const writer = fileURLToPath(new URL('./talking-writer.testing.ts', import.meta.url));
    const env = { ...process.env, MONGODB_LOG_ALL: 'trace', MONGODB_LOG_PATH: 'stdout' };
    const { stdout, stderr } = await promisify(execFile)('node', [writer, url, database, CANARY], { env });
    await dropDatabase(url, database);
    expect(stdout).toContain('done');
    for (const reason of ['ALREADY_EXISTS', 'VERSION_CONFLICT', 'STATE_FORBIDS', 'INVALID_ARGUMENT']) expect(stdout).toContain(reason);
    expect(stdout + stderr).not.toContain(CANARY);
  });
});
