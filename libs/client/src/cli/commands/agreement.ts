import { Command } from 'commander';
import { fromUtf8 } from '@corridor/kernel';
import { Agreement } from '@corridor/contracts/registry/v1/resources';
import { DraftAgreementRequest } from '@corridor/contracts/registry/v1/registry';
import { UsageError } from '../failure.ts';
import { readInput, readNamed } from '../files.ts';
import { messageOf } from '../json-input.ts';
import { agreementName, everyPage, held, PAGE_SIZE, type Output, type Shell } from '../shell.ts';
import { readKeyFile } from '../signing-key.ts';
import { facts, table } from '../table.ts';
import { AGREEMENT_STATES } from '../../enum-words.ts';

/** `corridor agreement`: terms between agencies. */
export function agreementCommand(shell: Shell): Command {
  const command = new Command('agreement').description('agreements between agencies');
  command
    .command('list')
    .description('the agreements of your agency')
    .action((_flags, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const agreements = await everyPage(
          (pageToken) => node.registry.listAgreements({ pageSize: PAGE_SIZE, pageToken }),
          (page) => page.agreements,
        );
        await out.document({ agreements: agreements.map((one) => Agreement.toJSON(one)) }, () =>
          table(['AGREEMENT', 'STATE', 'PARTIES', 'TITLE'], agreements.map((a) => [a.name, AGREEMENT_STATES.of(a.state), a.parties.join(' '), a.title])),
        );
      }),
    );
  command
    .command('get <agreement>')
    .description('one agreement')
    .action((name: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out }) => show(out, (await node.registry.getAgreement({ name: agreementName(name) })).agreement)),
    );
  command
    .command('text <agreement>')
    .description('the canonical text that the parties sign')
    .action((name: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const text = fromUtf8((await node.registry.getAgreement({ name: agreementName(name) })).canonicalText);
        await out.document({ canonicalText: text }, () => `${text}\n`);
      }),
    );
  command
    .command('draft <file>')
    .description('draft an agreement: a DraftAgreementRequest as JSON, - for standard input')
    .action((file: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out, terminal }) => {
        const request = messageOf(DraftAgreementRequest, (await readInput(file, terminal)).toString('utf8'), file);
        await show(out, (await node.registry.draftAgreement(request)).agreement);
      }),
    );
  command
    .command('sign <agreement>')
    .description("sign the canonical text with your agency's key; read it first with `corridor agreement text`")
    .requiredOption('--key <file>', 'key file, from `corridor agency key new`')
    .action((agreement: string, { key: path }: { readonly key: string }, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const name = agreementName(agreement);
        const key = readKeyFile(await readNamed(path), path);
        const { canonicalText } = await node.registry.getAgreement({ name });
        requireTextOf(name, canonicalText);
        await show(out, (await node.registry.signAgreement({ name, keyId: key.keyId, signature: key.sign(canonicalText) })).agreement);
      }),
    );
  for (const step of ['suspend', 'terminate'] as const) {
    command
      .command(`${step} <agreement>`)
      .description(`${step} an agreement; nothing goes out under it any more once it is answered`)
      .requiredOption('--reason <text>', 'why, 1-500 characters')
      .action((name: string, { reason }: { readonly reason: string }, self: Command) =>
        shell.connected(self, async ({ node: { registry }, out }) => {
          const request = { name: agreementName(name), expectedVersion: 0n, reason };
          await show(out, (step === 'suspend' ? await registry.suspendAgreement(request) : await registry.terminateAgreement(request)).agreement);
        }),
      );
  }
  command
    .command('resume <agreement>')
    .description('end a suspension')
    .action((name: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out }) => show(out, (await node.registry.resumeAgreement({ name: agreementName(name), expectedVersion: 0n })).agreement)),
    );
  return command;
}

/** The first line of every text of an agreement; no text signed for another purpose begins with it. */
const FIRST_LINE = 'corridor.agreement.v1\n';

/** @throws UsageError unless the bytes are the text of this agreement, so that no node gets another signature than asked for. */
function requireTextOf(name: string, canonicalText: Uint8Array): void {
  const text = fromUtf8(canonicalText);
  const terms: unknown = text.startsWith(FIRST_LINE) ? JSON.parse(text.slice(FIRST_LINE.length)) : undefined;
  if (typeof terms !== 'object' || terms === null || !('name' in terms) || terms.name !== name) {
    throw new UsageError(`what the node gave to sign is not the text of ${name}; nothing was signed`);
  }
}

async function show(out: Output, agreement: Agreement | undefined): Promise<void> {
  const shown = held(agreement, 'an agreement');
  await out.document(Agreement.toJSON(shown), () =>
    facts([
      ['agreement', shown.name],
      ['title', shown.title],
      ['template', shown.template],
      ['state', AGREEMENT_STATES.of(shown.state)],
      ['parties', shown.parties.join(' ')],
      ['group', shown.group],
      ['signed by', shown.signatures.map(({ agency }) => agency).join(' ') || 'nobody yet'],
      ['from', shown.effectiveTime?.toISOString() ?? ''],
      ['until', shown.expireTime?.toISOString() ?? ''],
      ['clauses', shown.clauses.map(({ clauseId }) => clauseId).join(' ')],
      ['ended by', shown.endedBy],
      ['version', String(shown.version)],
    ]),
  );
}
