import { Command } from 'commander';
import { agencyCommand } from './commands/agency.ts';
import { agreementCommand } from './commands/agreement.ts';
import { alertsCommand } from './commands/alerts.ts';
import { auditCommand } from './commands/audit.ts';
import { consentCommand } from './commands/consent.ts';
import { contributionsCommand } from './commands/contributions.ts';
import { focalPointsCommand } from './commands/focal-points.ts';
import { groupCommand } from './commands/group.ts';
import { importCommand } from './commands/import.ts';
import { plansCommand } from './commands/plans.ts';
import { previewCommand, publishCommand } from './commands/publish.ts';
import { getCommand, listCommand, placesCommand } from './commands/read.ts';
import { recommendationsCommand } from './commands/recommendations.ts';
import { rulesCommand } from './commands/rules.ts';
import { subscribeCommand } from './commands/subscribe.ts';
import { tokenCommand } from './commands/token.ts';
import { topicCommand } from './commands/topic.ts';
import { EXIT_TEXT } from './failure.ts';
import { VARIABLES } from './settings.ts';
import type { Shell } from './shell.ts';

/** The whole command line. */
export function corridorProgram(shell: Shell): Command {
  const program = new Command('corridor')
    .description('Exchange movement and crisis updates with partner agencies.')
    .option('--address <host:port>', 'address of the node')
    .option('--as <agency/actor>', 'who calls; the secret is looked up in actors.json of the data folder')
    .option('--tls-ca <file>', 'certificates to trust (PEM)')
    .option('--no-tls', 'connect without TLS, also to another machine')
    .option('--json', 'results as JSON (protobuf mapping, lowerCamelCase), many as NDJSON; errors as a JSON object on standard error')
    .addHelpText('after', `\n${section('Environment', VARIABLES)}\n${section('Exit status', Object.entries(EXIT_TEXT))}`);
  const commands = [
    agencyCommand,
    agreementCommand,
    groupCommand,
    focalPointsCommand,
    consentCommand,
    publishCommand,
    previewCommand,
    importCommand,
    subscribeCommand,
    getCommand,
    listCommand,
    placesCommand,
    topicCommand,
    rulesCommand,
    alertsCommand,
    recommendationsCommand,
    plansCommand,
    contributionsCommand,
    auditCommand,
    tokenCommand,
  ];
  for (const command of commands) program.addCommand(command(shell));
  return quiet(program);
}

const section = (title: string, rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([name]) => name.length));
  return `${title}:\n${rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`).join('')}`;
};

/** Failures are thrown and reported in one place; commander itself prints only help. */
function quiet(command: Command): Command {
  command.exitOverride().configureOutput({ outputError: () => undefined });
  command.commands.forEach(quiet);
  return command;
}
