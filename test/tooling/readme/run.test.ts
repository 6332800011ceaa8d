import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tally } from '../tally.ts';
import { runPage } from './run.ts';

const sh = (script: string): string => `\n\`\`\`sh\n${script}\n\`\`\`\n`;
const text = (output: string): string => `\n\`\`\`text\n${output}\n\`\`\`\n`;
const background = '\n<!-- example: background -->';

describe('running the examples of a page', () => {
  let folder: string;
  let said: string[];
  const run = (markdown: string, end = 20_000): Promise<Tally> =>
    runPage(markdown, { folder, environment: process.env }, { end, stop: 10_000 }, (line) => said.push(line));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'corridor-page-'));
    said = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('carries folder, variables and functions from one block to the next', async () => {
    const page = sh('mkdir inner\ncd inner\nexport A=1\nB=2\nf() { echo "f $1"; }') + sh('pwd; echo "$A$B"; f x') + text('…/inner\n12\nf x');
    expect(await run(page)).toEqual({ passed: 2, failed: 0, skipped: 0 });
  });

  it('fails a block in which any command fails, also within a pipe, and skips what follows', async () => {
    expect(await run(sh('true') + sh('false\ntrue') + sh('touch reached'))).toEqual({ passed: 1, failed: 1, skipped: 1 });
    expect(await run(sh('false | true'))).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(await run(sh('exit 0'))).toEqual({ passed: 0, failed: 1, skipped: 0 });
    await expect(readFile(join(folder, 'reached'))).rejects.toThrow('ENOENT');
  });

  it('fails a block that does not print what the page shows', async () => {
    expect(await run(sh('echo one') + text('two'))).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(said.join('\n')).toContain('does not print: two\n    one');
  });

  it('sees what is written to stderr, and gives no block a stdin', async () => {
    expect(await run(sh('echo warn >&2; cat; echo read') + text('warn\nread'))).toEqual({ passed: 1, failed: 0, skipped: 0 });
  });

  it('ends a block that never ends', async () => {
    expect(await run(sh('echo begun; tail -f /dev/null'), 1_000)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(said.join('\n')).toContain('begun');
  });

  it('keeps a background block running, in the place of the shell, until all others are done', async () => {
    const server = 'trap \'echo stopped >> log; exit 0\' TERM\necho "ready in $PWD with $A"\nwhile :; do [ -e ping ] && mv ping pong; sleep 0.05; done';
    const page = `${sh('mkdir inner; cd inner; export A=1') + background + sh(server) + text('ready in …/inner with 1')}${sh('touch ping; until [ -e pong ]; do sleep 0.05; done')}`;
    expect(await run(page)).toEqual({ passed: 3, failed: 0, skipped: 0 });
    expect(await readFile(join(folder, 'inner/log'), 'utf8')).toBe('stopped\n');
  });

  it('fails a background block that ends before it is ready', async () => {
    expect(await run(background + sh('echo starting; exit 3') + text('ready') + sh('true'))).toEqual({ passed: 0, failed: 1, skipped: 1 });
    expect(said.join('\n')).toContain('never ready, does not print: ready');
  });

  it('fails a background block that is gone when the others are done', async () => {
    const leaves = sh('echo $$ > pid; echo ready; until [ -e stop ]; do sleep 0.05; done; exit 3');
    const waits = sh('touch stop; while kill -0 "$(cat pid)"; do sleep 0.05; done');
    expect(await run(background + leaves + text('ready') + waits)).toMatchObject({ failed: 1 });
    expect(said.join('\n')).toContain('ended by itself with status 3');
  });

  it('leaves out a block only with a reason, and counts it', async () => {
    expect(await run(`\n<!-- example: not run, needs a cluster -->${sh('touch ran')}${sh('test ! -e ran')}`)).toEqual({ passed: 1, failed: 0, skipped: 1 });
    expect(said[0]).toContain('needs a cluster');
  });

  it('puts a free port in the place of each that the page names', async () => {
    const ports = '<!-- example: port 8080 A=localhost:8080 -->\n<!-- example: port 8080 B=8080 -->\n<!-- example: port 8081 C=8081 -->\n';
    const checks = 'test 8080 != 8081\ntest "$A" = localhost:8080\ntest "$B" = 8080\ntest "$C" = 8081\ntest 8080 -ne $((8079 + 1))\necho at 8081, not 18081';
    expect(await run(ports + sh(checks) + text('at 8081, not 18081'))).toEqual({ passed: 1, failed: 0, skipped: 0 });
  });
});
