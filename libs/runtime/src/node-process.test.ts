import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { NodeProcess } from './node-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'corridor-node-process-'));
afterAll(() => rmSync(folder, { recursive: true }));
const program = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

/** Reports where it listens, and goes on. */
const lasting = program(
  'lasting.mjs',
  `const { createServer } = await import('node:net');
const server = createServer().listen(0, '127.0.0.1', () => console.error(JSON.stringify({ event: 'listening', port: server.address().port })));`,
);

/** Starts one that lasts, reports where that listens, and ends at once. */
const ending = program(
  'ending.mjs',
  `const { NodeProcess } = await import(${JSON.stringify(new URL('node-process.ts', import.meta.url).href)});
const { port } = await new NodeProcess({ main: ${JSON.stringify(lasting)}, env: {} }).reported('listening');
console.error(JSON.stringify({ event: 'begun', port }));
process.exit(1);`,
);

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

describe('a process that another one started', () => {
  it('tells what it reports, and how it ended', async () => {
    const begun = new NodeProcess({ main: lasting, env: {} });
    expect(await answers(Number((await begun.reported('listening'))['port']))).toBe(true);
    expect(await begun.stop('SIGKILL')).toMatchObject({ code: null });
    await expect(begun.reported('never')).rejects.toThrow('ended before never');
  });

  it('does not outlive that one', async () => {
    const begun = new NodeProcess({ main: ending, env: {} });
    const { port } = await begun.reported('begun');
    expect((await begun.exited).code).toBe(1);
    await vi.waitFor(async () => expect(await answers(Number(port))).toBe(false));
  });
});
