import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { Agency, Actor, type Role } from '@corridor/contracts/registry/v1/resources';
import { FoundRequest, FoundResponse, NewAgency } from '@corridor/contracts/registry/v1/registry';
import { foundNode } from '../../connect.ts';
import { wordsOption } from '../common-options.ts';
import { UsageError } from '../failure.ts';
import { createSecret, readInput, readNamed } from '../files.ts';
import { messageOf } from '../json-input.ts';
import { agencyName, everyPage, held, PAGE_SIZE, type Output, type Session, type Shell } from '../shell.ts';
import { DEFAULT_ADDRESS, type GlobalFlags } from '../settings.ts';
import { formatKeyFile, readKeyFile } from '../signing-key.ts';
import { facts, table } from '../table.ts';
import { AGENCY_STATES, KINDS, ROLES } from '../../enum-words.ts';
import { moment } from '../words.ts';

/** `corridor agency`: who takes part. */
export function agencyCommand(shell: Shell): Command {
  const command = new Command('agency').description('agencies, their keys and their actors');
  command
    .command('list')
    .description('the agencies')
    .action((_flags, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const agencies = await everyPage(
          (pageToken) => node.registry.listAgencies({ pageSize: PAGE_SIZE, pageToken }),
          (page) => page.agencies,
        );
        await out.document({ agencies: agencies.map((agency) => Agency.toJSON(agency)) }, () =>
          table(['AGENCY', 'STATE', 'KIND', 'NAME'], agencies.map((a) => [a.name, AGENCY_STATES.of(a.state), KINDS.of(a.kind), a.displayName])),
        );
      }),
    );
  command
    .command('get <agency>')
    .description('one agency')
    .action((name: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out }) => show(out, (await node.registry.getAgency({ name: agencyName(name) })).agency)),
    );
  command
    .command('apply <file>')
    .description('enter an application: a NewAgency as JSON, - for standard input')
    .action((file: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out, terminal }) => {
        const agency = messageOf(NewAgency, (await readInput(file, terminal)).toString('utf8'), file);
        await show(out, (await node.registry.applyAgency({ agency })).agency);
      }),
    );
  addSteps(command, shell);
  command
    .command('found <file>')
    .description('open an empty registry: a FoundRequest as JSON, - for standard input; the bootstrap secret may come from CORRIDOR_BOOTSTRAP_SECRET instead')
    .action(async (file: string, _flags, self: Command) => {
      const request = messageOf(FoundRequest, (await readInput(file, shell.terminal)).toString('utf8'), file);
      const bootstrapSecret = shell.terminal.env['CORRIDOR_BOOTSTRAP_SECRET'] ?? request.bootstrapSecret;
      const { address, tls } = self.optsWithGlobals<GlobalFlags>();
      const where = { address: address ?? shell.terminal.env['CORRIDOR_GRPC'] ?? DEFAULT_ADDRESS, ...(tls === false && { tls }) };
      const response = await foundNode(where, { ...request, bootstrapSecret });
      await shell.output(self).document(FoundResponse.toJSON(response), () => response.agencies.map(agencyText).join('\n'));
    });
  return command.addCommand(keyCommand(shell)).addCommand(actorCommand(shell));
}

/** The steps of an agency's life: name, description, whether a reason is asked for. */
const STEPS = [
  ['endorse', 'endorse an applicant', false],
  ['verify', 'verify an endorsed applicant (operators)', false],
  ['activate', 'let a verified agency send and receive (operators)', false],
  ['suspend', 'stop an agency for the time being; nothing goes out any more once it is answered (operators)', true],
  ['resume', 'end a suspension (operators)', false],
  ['withdraw', 'end a participation for good', true],
] as const;

function addSteps(command: Command, shell: Shell): void {
  for (const [step, description, needsReason] of STEPS) {
    const sub = command.command(`${step} <agency>`).description(description);
    if (needsReason) sub.requiredOption('--reason <text>', 'why, 1-500 characters');
    sub.action((agency: string, flags: { readonly reason?: string }, self: Command) =>
      shell.connected(self, async (session) => show(session.out, await take(step, session, { name: agencyName(agency), expectedVersion: 0n, reason: flags.reason ?? '' }))),
    );
  }
}

async function take(
  step: (typeof STEPS)[number][0],
  { node: { registry } }: Session,
  request: { readonly name: string; readonly expectedVersion: bigint; readonly reason: string },
): Promise<Agency | undefined> {
  switch (step) {
    case 'endorse':
      return (await registry.endorseAgency(request)).agency;
    case 'verify':
      return (await registry.verifyAgency(request)).agency;
    case 'activate':
      return (await registry.activateAgency(request)).agency;
    case 'suspend':
      return (await registry.suspendAgency(request)).agency;
    case 'resume':
      return (await registry.resumeAgency(request)).agency;
    case 'withdraw':
      return (await registry.withdrawAgency(request)).agency;
  }
}

async function show(out: Output, agency: Agency | undefined): Promise<void> {
  const shown = held(agency, 'an agency');
  await out.document(Agency.toJSON(shown), () => agencyText(shown));
}

const agencyText = (agency: Agency): string =>
  facts([
    ['agency', agency.name],
    ['name', agency.displayName],
    ['kind', KINDS.of(agency.kind)],
    ['state', AGENCY_STATES.of(agency.state)],
    ['country', agency.country],
    ['members', agency.memberStates.join(' ')],
    ['areas', agency.areas.join(' ')],
    ['endorsed by', agency.endorsedBy.join(' ')],
    ['keys', agency.signingKeys.map((key) => `${key.keyId}${key.revokeTime === undefined ? '' : ' (revoked)'}`).join(' ')],
    ['version', String(agency.version)],
  ]);

/** `corridor agency key`: the keys an agency signs agreements with. */
function keyCommand(shell: Shell): Command {
  const command = new Command('key').description('keys that sign agreements');
  command
    .command('new <file>')
    .description('make an Ed25519 key in a new file that only you can read; needs no node')
    .requiredOption('--key-id <id>', 'id of the key within the agency')
    .action(async (file: string, { keyId }: { readonly keyId: string }, self: Command) => {
      const { privateKey } = generateKeyPairSync('ed25519');
      await createSecret(file, async () => formatKeyFile(keyId, privateKey));
      const { publicKey } = readKeyFile(await readNamed(file), file);
      const json = { keyId, publicKey: publicKey.toString('base64'), file };
      await shell.output(self).document(json, () => facts([['key', keyId], ['public key', json.publicKey], ['file', file]]));
    });
  command
    .command('add <file>')
    .description("register a key file's public key for your agency")
    .requiredOption('--until <date>', 'valid until (exclusive)', moment)
    .option('--from <date>', 'valid from; default: now', moment)
    .action((file: string, { until, from }: { readonly until: Date; readonly from?: Date }, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => {
        const { keyId, publicKey } = readKeyFile(await readNamed(file), file);
        const signingKey = { keyId, publicKey, validFrom: from ?? new Date(), validUntil: until, revokeTime: undefined };
        await show(out, (await node.registry.addSigningKey({ agency: agency(), signingKey })).agency);
      }),
    );
  command
    .command('revoke <key-id>')
    .description('revoke a key of your agency')
    .action((keyId: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => show(out, (await node.registry.revokeSigningKey({ agency: agency(), keyId })).agency)),
    );
  return command;
}

/** `corridor agency actor`: persons and programs of the own agency. */
function actorCommand(shell: Shell): Command {
  const command = new Command('actor').description('actors of your own agency');
  const roles = (): ReturnType<typeof wordsOption> => wordsOption('--role <role>', 'what it may do', ROLES).makeOptionMandatory();
  const showActor = async (out: Output, actor: Actor | undefined): Promise<void> => {
    const shown = held(actor, 'an actor');
    await out.document(Actor.toJSON(shown), () => actorsTable([shown]));
  };
  command
    .command('list')
    .description('the actors')
    .action((_flags, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => {
        const actors = await everyPage(
          (pageToken) => node.registry.listActors({ agency: agency(), pageSize: PAGE_SIZE, pageToken }),
          (page) => page.actors,
        );
        await out.document({ actors: actors.map((actor) => Actor.toJSON(actor)) }, () => actorsTable(actors));
      }),
    );
  command
    .command('add <actor-id>')
    .description('add an actor; its new secret goes into a new file that only you can read')
    .addOption(roles())
    .requiredOption('--secret-file <file>', 'where to write the secret')
    .action((actorId: string, flags: { readonly role: readonly Role[]; readonly secretFile: string }, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => {
        const secret = await newSecret(flags.secretFile);
        await showActor(out, (await node.registry.addActor({ agency: agency(), actor: { actorId, roles: flags.role, secret } })).actor);
      }),
    );
  command
    .command('roles <actor-id>')
    .description('set all roles of an actor')
    .addOption(roles())
    .action((actorId: string, { role }: { readonly role: readonly Role[] }, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) =>
        showActor(out, (await node.registry.setActorRoles({ name: `${agency()}/actors/${actorId}`, roles: role, expectedVersion: 0n })).actor),
      ),
    );
  command
    .command('secret <actor-id>')
    .description('replace the secret of an actor')
    .requiredOption('--secret-file <file>', 'where to write the new secret')
    .action((actorId: string, { secretFile }: { readonly secretFile: string }, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => {
        const secret = await newSecret(secretFile);
        await showActor(out, (await node.registry.setActorSecret({ name: `${agency()}/actors/${actorId}`, secret })).actor);
      }),
    );
  command
    .command('retire <actor-id>')
    .description('end an actor; its tokens are refused from then on')
    .action((actorId: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => showActor(out, (await node.registry.retireActor({ name: `${agency()}/actors/${actorId}` })).actor)),
    );
  return command;
}

const actorsTable = (actors: readonly Actor[]): string =>
  table(['ACTOR', 'ROLES', 'STATE'], actors.map((a) => [a.name, a.roles.map((role) => ROLES.of(role)).join(','), a.retired ? 'retired' : 'active']));

/** 256 random bits. They are in the file before the node knows them, so that a broken connection never loses them. */
async function newSecret(file: string): Promise<string> {
  const secret = randomBytes(32).toString('base64url');
  if (file === '-') throw new UsageError('a secret goes into a file, not to standard output');
  await createSecret(file, async () => `${secret}\n`);
  return secret;
}
