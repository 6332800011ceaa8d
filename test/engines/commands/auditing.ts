import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { CheckLogResponse, GetCheckpointResponse } from '@corridor/contracts/audit/v1/audit';
import { AccessKind, ListAccessResponse } from '@corridor/contracts/hub/v1/hub';
import { OPERATOR } from './entering.ts';
import { receiptsFolder } from './exchanging.ts';
import { eventually, type Story } from './story.ts';

/** Evidence of a delivery that is checked offline, a log that is checked as a whole, and the owner's access log. */
export async function audit(story: Story): Promise<void> {
  const [relief, operator] = [story.as('relief/desk'), story.as(OPERATOR)];
  const first = await operator.read(GetCheckpointResponse, 'audit', 'checkpoint', '--newest');
  const kept = story.file('checkpoint.note', first.note);
  const evidence = story.path('evidence.json');
  const [window = ''] = readdirSync(receiptsFolder(story));
  await eventually(() => relief.run('audit', 'prove', join(receiptsFolder(story), window), '--out', evidence));

  const offline = story.with({ CORRIDOR_GRPC: '127.0.0.1:1' });
  expect(await offline.start('audit', 'verify', evidence, '--verifier', first.verifier)).toMatch(/^delivered to +agencies\/relief$/m);
  const forged = story.file('forged.json', readFileSync(evidence, 'utf8').replace(/"salt": ?"./, (start) => `${start.slice(0, -1)}${start.endsWith('A') ? 'B' : 'A'}`));
  expect(await offline.fails('other', 'audit', 'verify', forged, '--verifier', first.verifier)).toContain('proves no delivery');

  await eventually(async () => {
    const { note } = await relief.read(GetCheckpointResponse, 'audit', 'checkpoint', '--verifier', first.verifier, '--extends', kept);
    expect(sizeIn(note)).toBeGreaterThan(sizeIn(first.note));
  });
  const progress = await operator.lines(CheckLogResponse, 'audit', 'check');
  const last = progress.at(-1) ?? expect.fail('the check says nothing');
  expect([last.consistent, last.checked, last.findings]).toEqual([true, last.size, []]);
  expect(last.size).toBeGreaterThanOrEqual(sizeIn(first.note));

  await eventually(async () => {
    const { entries } = await story.as('harbour/desk').read(ListAccessResponse, 'audit', 'access', '--limit', '1000');
    const had = entries.map(({ kind, actor, recipient }) => [kind, actor || recipient]);
    expect(had).toContainEqual([AccessKind.ACCESS_KIND_PREVIEW, 'agencies/harbour/actors/desk']);
    expect(had).toContainEqual([AccessKind.ACCESS_KIND_DELIVERY, 'agencies/relief']);
    expect(had).toContainEqual([AccessKind.ACCESS_KIND_READ, 'agencies/relief/actors/desk']);
  });
}

/** Of how many records a checkpoint tells (C2SP tlog-checkpoint: its second line). */
const sizeIn = (note: string): bigint => BigInt(note.split('\n')[1] ?? '');
