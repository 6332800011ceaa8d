import { writeFile } from 'node:fs/promises';
import { corridorProgram } from './program.ts';
import { referenceOf } from './reference.ts';
import { shellOf } from './shell.ts';
import { processTerminal } from './terminal.ts';

await writeFile(new URL('../../../../docs/cli.md', import.meta.url), referenceOf(corridorProgram(shellOf(processTerminal()))));
