import type { Command } from 'commander';
import { EXIT_TEXT } from './failure.ts';
import { VARIABLES } from './settings.ts';

/** The reference of the command line as Markdown, from the commands themselves. */
export function referenceOf(program: Command): string {
  const head = [
    '# The command line',
    '',
    '<!-- Generated from the commands by `node libs/client/src/cli/write-reference.ts`; a test compares. -->',
    '',
    'Errors go to standard error as one line: what is wrong and what to do; with `--json` as one object',
    '`{ "error": { "code", "reason", "message", "todo", "metadata" } }`. Results go to standard output.',
    'In tables `0` is a count, `?` was not counted, `·suppressed·` is there and not shown, `-` is not stated.',
    '',
    ...rows('Variable', VARIABLES.map(([name, text]) => [code(name), text])),
    ...rows('Exit status', Object.entries(EXIT_TEXT)),
    ...rows('Option of every command', optionsOf(program)),
  ];
  return `${[...head, ...program.commands.flatMap((command) => describe(command, 'corridor'))].join('\n').trimEnd()}\n`;
}

function describe(command: Command, parent: string): readonly string[] {
  const name = `${parent} ${command.name()}`;
  const usage = [name, ...command.registeredArguments.map((a) => (a.required ? `<${a.name()}>` : `[${a.name()}]`))].join(' ');
  if (command.commands.length > 0) return [`## ${code(name)}`, '', `${sentence(command.description())}`, '', ...command.commands.flatMap((sub) => describe(sub, name))];
  const depth = parent === 'corridor' ? '##' : '###';
  const args = command.registeredArguments.filter(({ description }) => description !== '').map((a) => [code(a.name()), a.description] as const);
  return [`${depth} ${code(usage)}`, '', sentence(command.description()), '', ...rows('Argument', args), ...rows('Option', optionsOf(command))];
}

const optionsOf = (command: Command): readonly (readonly [string, string])[] =>
  command.options.map((option) => {
    const notes = [
      option.mandatory ? 'mandatory' : '',
      option.argChoices === undefined ? '' : option.argChoices.join(' or '),
      option.defaultValue === undefined || option.negate ? '' : `default ${option.defaultValueDescription ?? String(option.defaultValue)}`,
    ].filter((note) => note !== '');
    return [code(option.flags), notes.length === 0 ? option.description : `${option.description} (${notes.join('; ')})`];
  });

function rows(title: string, entries: readonly (readonly [string, string])[]): readonly string[] {
  if (entries.length === 0) return [];
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return [`| ${title} | |`, '|---|---|', ...entries.map(([name, text]) => `| ${cell(name)} | ${cell(text)} |`), ''];
}

const code = (text: string): string => `\`${text}\``;
const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
