import { Command } from 'commander';
import type { Shell } from '../shell.ts';

/** `corridor token`: signs in and shows the token. */
export function tokenCommand(shell: Shell): Command {
  return new Command('token').description('sign in and print the access token, e.g. for CORRIDOR_TOKEN or curl').action((_flags, self: Command) =>
    shell.connected(self, async ({ node, out }) => {
      const token = await node.accessToken();
      await out.document({ token }, () => `${token}\n`);
    }),
  );
}
