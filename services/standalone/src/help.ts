import { CONFIG_VARIABLES } from '@corridor/runtime';

const variables = Object.entries(CONFIG_VARIABLES).map(([name, usual]) => `  ${name.padEnd(28)}${usual === undefined ? '' : `default ${usual}`}`.trimEnd());

/** What the command can do. */
export const HELP = `Usage: node services/standalone/src/main.ts [--empty]

A whole node in one process over one data folder. In a new folder a demonstration is played once it runs.

  --empty      start without the demonstration; the node then waits for its founding act
  -h, --help   show this

Environment:
${variables.join('\n')}

CORRIDOR_GRPC and CORRIDOR_HTTP are host:port; port 0 takes any free one. Beyond this machine both need CORRIDOR_TLS_CERT
and CORRIDOR_TLS_KEY. Ctrl-C stops the node; the next start goes on from the data folder.`;
