import { Command } from 'commander';
import { CorridorError, fromUtf8 } from '@corridor/kernel';
import { consistencyFault, openCheckpoint, parseVerifierKey, PROOF_FAULT_TEXT, type Checkpoint } from '@corridor/merkle';
import { CheckLogResponse, GetCheckpointResponse } from '@corridor/contracts/audit/v1/audit';
import { AccessEntry, AccessKind } from '@corridor/contracts/hub/v1/hub';
import { ViewBatch } from '@corridor/contracts/hub/v1/updates';
import { formatEvidence, parseEvidence } from '../../evidence-file.ts';
import { makeEvidence, RECORD_TOPIC, verifyReceipt } from '../../evidence.ts';
import { UsageError } from '../failure.ts';
import { readNamed, writeWhole } from '../files.ts';
import { PAGE_SIZE, type Shell } from '../shell.ts';
import { updatesInFull } from '../show-updates.ts';
import { facts, table } from '../table.ts';
import { PURPOSES } from '../../enum-words.ts';
import { several, wholeNumber } from '../words.ts';
import { readKept } from '../window-files.ts';

/** `corridor audit`: proofs. */
export function auditCommand(shell: Shell): Command {
  const command = new Command('audit').description('checkpoints, proofs of delivery, and who had access');
  for (const sub of [checkpointCommand, proveCommand, verifyCommand, checkCommand, accessCommand]) command.addCommand(sub(shell));
  return command;
}

const verifierOption = '--verifier <key>';
const VERIFIER_TEXT = "verifier key of the node's log (name+hash+base64), got from somewhere else than the node; several times";

function checkpointCommand(shell: Shell): Command {
  return new Command('checkpoint')
    .description('the newest published checkpoint of the log, a signed note; with a key, checked')
    .option('--newest', 'operators: the newest of all, not the newest published')
    .option(verifierOption, VERIFIER_TEXT, several(String))
    .option('--extends <file>', 'a checkpoint kept from before: check that nothing under it was changed; needs --verifier')
    .action((flags: { readonly newest?: true; readonly verifier?: readonly string[]; readonly extends?: string }, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const { verifier: keys } = flags;
        if (flags.extends !== undefined && keys === undefined) throw new UsageError('--extends needs --verifier');
        const response = await node.audit.getCheckpoint({ newest: flags.newest === true });
        if (keys !== undefined) {
          const newer = opened(response.note, keys, 'the checkpoint of the node');
          if (flags.extends !== undefined) {
            const older = opened(fromUtf8(await readNamed(flags.extends)), keys, flags.extends);
            if (older.size > 0) {
              const { path } = await node.audit.getConsistencyProof({ firstSize: BigInt(older.size), secondSize: BigInt(newer.size) });
              requireExtends(older, newer, path);
            }
          }
        }
        await out.document(GetCheckpointResponse.toJSON(response), () => response.note);
      }),
    );
}

function opened(note: string, keys: readonly string[], what: string): Checkpoint {
  const result = openCheckpoint(note, keys.map(parseVerifierKey));
  if (!result.ok) throw new CorridorError('LOG_FORKED', `${what} cannot be believed: ${result.reason}`);
  return result.checkpoint;
}

function requireExtends(older: Checkpoint, newer: Checkpoint, path: readonly Uint8Array[]): void {
  const fault = consistencyFault({ size1: older.size, root1: older.root, size2: newer.size, root2: newer.root, path });
  if (older.origin !== newer.origin) throw new CorridorError('LOG_FORKED', `the log is now ${newer.origin}, it was ${older.origin}`);
  if (fault !== undefined) throw new CorridorError('LOG_FORKED', `the log of ${newer.size} records does not extend that of ${older.size}: ${PROOF_FAULT_TEXT[fault]}`);
}

function proveCommand(shell: Shell): Command {
  return new Command('prove')
    .argument('<window-file>', 'file from `corridor subscribe --receipts`')
    .description('fetch the proof that a delivery is on record, as an evidence file that anybody can check offline')
    .option('--index <number>', 'which delivery of the window', wholeNumber(0, 1_000_000_000), 0)
    .option('--out <file>', 'where to write; default: standard output')
    .action((path: string, flags: { readonly index: number; readonly out?: string }, self: Command) =>
      shell.connected(self, async ({ node, terminal }) => {
        const kept = await readKept(path, flags.index);
        const proof = await node.audit.getInclusionProof({ topic: RECORD_TOPIC, position: kept.receipt.position });
        const evidence = formatEvidence(makeEvidence(kept, kept.receipt, proof));
        await (flags.out === undefined ? terminal.out(evidence) : writeWhole(flags.out, evidence));
      }),
    );
}

function verifyCommand(shell: Shell): Command {
  return new Command('verify')
    .argument('<evidence-file>', 'file from `corridor audit prove`')
    .description('check evidence of a delivery, offline')
    .requiredOption(verifierOption, VERIFIER_TEXT, several(String))
    .action(async (path: string, { verifier }: { readonly verifier: readonly string[] }, self: Command) => {
      const verdict = verifyReceipt(parseEvidence(fromUtf8(await readNamed(path))), verifier);
      const { proved } = verdict;
      const json = {
        verdict: verdict.verdict,
        checks: verdict.checks,
        ...(proved !== undefined && { recipient: proved.recipient, time: proved.time?.toISOString(), batch: ViewBatch.toJSON(proved.batch) }),
      };
      await shell.output(self).document(json, () => {
        const checks = table(['CHECK', 'OUTCOME'], verdict.checks.map((c) => [c.check, c.state === 'passed' ? 'passed' : `${c.state}: ${c.reason}`]));
        if (proved === undefined) return checks;
        const head = facts([['delivered to', proved.recipient], ['on record since', proved.time?.toISOString() ?? '-']]);
        return `${checks}\n${head}\n${updatesInFull(proved.batch, undefined, undefined)}`;
      });
      if (verdict.verdict !== 'proved') throw new CorridorError('RECEIPT_MISMATCH', `${path} proves no delivery: ${verdict.reason}`);
    });
}

function checkCommand(shell: Shell): Command {
  return new Command('check').description('compare the stored records with the signed checkpoint, on the node (operators)').action((_flags, self: Command) =>
    shell.connected(self, async ({ node, out, terminal }) => {
      let last: CheckLogResponse | undefined;
      for await (const progress of node.checkLog(terminal.interrupted)) {
        last = progress;
        await out.item(CheckLogResponse.toJSON(progress), () => [`${progress.checked} of ${progress.size}\n`, ...progress.findings.map((finding) => `  ${finding}\n`)].join(''));
      }
      if (last?.consistent !== true) throw new CorridorError('LOG_FORKED', `the log does not fit its checkpoint: ${last?.findings[0] ?? 'the check did not end'}`);
      out.note('everything fits');
    }),
  );
}

const ACCESS_TEXT: Readonly<Record<AccessKind, string>> = {
  [AccessKind.ACCESS_KIND_UNSPECIFIED]: '-',
  [AccessKind.ACCESS_KIND_DELIVERY]: 'delivery',
  [AccessKind.ACCESS_KIND_READ]: 'read',
  [AccessKind.ACCESS_KIND_PREVIEW]: 'preview',
  [AccessKind.ACCESS_KIND_REFUSAL]: 'refusal',
  [AccessKind.UNRECOGNIZED]: '-',
};

function accessCommand(shell: Shell): Command {
  return new Command('access')
    .description("who received, read, previewed or was refused which of your agency's updates, newest first")
    .option('--limit <entries>', 'at most so many entries', wholeNumber(1, 1_000_000), 100)
    .action(({ limit }: { readonly limit: number }, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => {
        const entries: AccessEntry[] = [];
        let pageToken = '';
        do {
          const page = await node.hub.listAccess({ parent: agency(), pageSize: Math.min(limit - entries.length, PAGE_SIZE), pageToken });
          entries.push(...page.entries);
          pageToken = page.nextPageToken;
        } while (pageToken !== '' && entries.length < limit);
        await out.document({ entries: entries.map((entry) => AccessEntry.toJSON(entry)) }, () =>
          table(
            ['TIME', 'KIND', 'RECIPIENT', 'PURPOSE', 'WHAT', 'REASONS'],
            entries.map((e) => [e.time?.toISOString() ?? '-', ACCESS_TEXT[e.kind], e.actor || e.recipient, PURPOSES.of(e.purpose), e.update || e.series, e.reasons.join(',')]),
          ),
        );
        if (pageToken !== '') out.note(`there is more: --limit is ${limit}`);
      }),
    );
}
