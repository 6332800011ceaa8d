import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ATTRIBUTES, METRICS, SPANS } from '@corridor/telemetry/names';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../command.ts';
import { sourceFiles } from '../sources.ts';

// That code uses no name outside the registry its types hold; here is whether all of the registry is used.
const isCode = (file: string): boolean => /^(libs|services)\/[^/]+\/src\/.*\.ts$/.test(file) && !/\.(test|testing)\.ts$/.test(file) && !file.startsWith('libs/telemetry/src/names/');

async function code(): Promise<string> {
  const files = (await sourceFiles()).filter(isCode);
  return (await Promise.all(files.map((file) => readFile(join(ROOT, file), 'utf8')))).join('\n');
}

describe('the registry of telemetry', () => {
  it('holds nothing that no code uses', async () => {
    const text = await code();
    const unused = [...Object.keys(SPANS), ...Object.keys(METRICS)].filter((name) => !text.includes(`('${name}'`) && !text.includes(`edge('${name}'`));
    expect(unused).toEqual([]);
  });

  it('gives every attribute to a span or a metric, and every one of theirs is in it', () => {
    const used = [...Object.values(SPANS).flatMap(({ attributes }): readonly string[] => attributes), ...Object.values(METRICS).flatMap(({ labels }): readonly string[] => labels)];
    expect(Object.keys(ATTRIBUTES).filter((name) => !used.includes(name))).toEqual([]);
    expect(used.filter((name) => !(name in ATTRIBUTES))).toEqual([]);
  });

  it('fills the names of spans with attributes that they have', () => {
    for (const { name, attributes } of Object.values(SPANS)) {
      for (const [, filled] of name.matchAll(/\{([^}]+)\}/g)) expect(attributes).toContain(filled);
    }
  });

  it('labels nothing by what has no bounds', () => {
    const labels = new Set(Object.values(METRICS).flatMap(({ labels: own }): readonly string[] => own));
    // Texts here are fixed by the code or by the registry of agencies.
    const texts = [...labels].filter((name) => Object.entries(ATTRIBUTES).some(([known, { values }]) => known === name && values === 'text'));
    expect(texts.toSorted()).toEqual(['corridor.agency', 'corridor.collection', 'corridor.event', 'corridor.group', 'corridor.part', 'corridor.topic', 'http.route', 'rpc.method', 'rpc.response.status_code']);
  });
});
