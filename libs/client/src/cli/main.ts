import { CommanderError } from 'commander';
import { EXIT, reportOf } from './failure.ts';
import { corridorProgram } from './program.ts';
import { shellOf } from './shell.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** Runs `corridor` in this process. */
export async function main(): Promise<void> {
  process.exitCode = await run(process.argv.slice(2), processTerminal());
}

/** Runs one command line and returns its exit status. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = corridorProgram(shellOf(terminal));
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError && SHOWN.has(error.code)) return error.code === 'commander.help' ? EXIT.usage : EXIT.done;
    const { status, text, json } = reportOf(error, 'corridor');
    terminal.err(args.includes('--json') ? `${JSON.stringify(json)}\n` : `corridor: ${text}\n`);
    return status;
  }
}

/** What commander throws after it has printed help; without a command the help is the complaint. */
const SHOWN: ReadonlySet<string> = new Set(['commander.helpDisplayed', 'commander.help']);
