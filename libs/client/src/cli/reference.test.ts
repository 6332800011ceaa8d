import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { corridorProgram } from './program.ts';
import { referenceOf } from './reference.ts';
import { shellOf } from './shell.ts';
import { processTerminal } from './terminal.ts';

it('docs/cli.md describes the commands as they are (else: node libs/client/src/cli/write-reference.ts)', () => {
  const written = readFileSync(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');
  expect(written).toBe(referenceOf(corridorProgram(shellOf(processTerminal()))));
});
