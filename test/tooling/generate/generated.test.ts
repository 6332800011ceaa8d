import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareGenerated, writeGenerated } from './generated.ts';

describe('what is generated', () => {
  it('is whole after generating, and every change to it is found', { timeout: 60_000 }, async () => {
    const root = await mkdtemp(join(tmpdir(), 'corridor-generated-'));
    try {
      await mkdir(join(root, 'libs/contracts/src/gen'), { recursive: true });
      await writeFile(join(root, 'libs/contracts/src/gen/stale.ts'), '');
      await writeGenerated(root);
      const whole = await compareGenerated(root);
      expect(whole.findings).toEqual([]);
      expect(whole.files).toBeGreaterThan(5);

      await appendFile(join(root, 'libs/contracts/src/gen/corridor/common/v1/envelope.ts'), '// by hand\n');
      await writeFile(join(root, 'libs/contracts/src/own.ts'), '');
      await rm(join(root, 'docs/errors.md'));
      expect((await compareGenerated(root)).findings).toEqual([
        'missing: docs/errors.md',
        'differs: libs/contracts/src/gen/corridor/common/v1/envelope.ts',
        'not generated: libs/contracts/src/own.ts',
      ]);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
