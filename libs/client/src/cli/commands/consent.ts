import { Command } from 'commander';
import type { Category, LogPosition, Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { GrantConsentResponse, RevokeConsentResponse, SharingConsent } from '@corridor/contracts/hub/v1/hub';
import { wordsOption } from '../common-options.ts';
import { UsageError } from '../failure.ts';
import { consentName, everyPage, held, PAGE_SIZE, type Shell } from '../shell.ts';
import { facts, table } from '../table.ts';
import { CATEGORIES, PURPOSES } from '../../enum-words.ts';
import { moment } from '../words.ts';

/** `corridor consent`: an owner's standing permissions. */
export function consentCommand(shell: Shell): Command {
  const command = new Command('consent').description("sharing consents: your agency's standing permissions");
  command
    .command('list')
    .description('the consents of your agency')
    .action((_flags, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => {
        const consents = await everyPage(
          (pageToken) => node.hub.listConsents({ parent: agency(), pageSize: PAGE_SIZE, pageToken }),
          (page) => page.consents,
        );
        await out.document({ consents: consents.map((one) => SharingConsent.toJSON(one)) }, () =>
          table(['CONSENT', 'RECIPIENT', 'CATEGORIES', 'PURPOSES', 'STATE'], consents.map((c) => [c.name, c.recipient, categories(c), purposes(c), state(c)])),
        );
      }),
    );
  command
    .command('get <consent>')
    .description('one consent')
    .action((name: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => {
        const consent = held((await node.hub.getConsent({ name: consentName(name, agency) })).consent, 'a consent');
        await out.document(SharingConsent.toJSON(consent), () => consentText(consent));
      }),
    );
  command
    .command('grant <consent-id>')
    .description('permit a recipient to receive categories for purposes until a date')
    .requiredOption('--recipient <name>', 'agencies/AGENCY or groups/GROUP', recipient)
    .addOption(wordsOption('--category <category>', 'what it may receive', CATEGORIES).makeOptionMandatory())
    .addOption(wordsOption('--purpose <purpose>', 'what for', PURPOSES).makeOptionMandatory())
    .requiredOption('--until <date>', 'in force until (exclusive)', moment)
    .action((consentId: string, flags: GrantFlags, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => {
        const consent = SharingConsent.fromPartial({ recipient: flags.recipient, categories: flags.category, purposes: flags.purpose, expireTime: flags.until });
        const response = await node.hub.grantConsent({ parent: agency(), consentId, consent });
        await out.document(GrantConsentResponse.toJSON(response), () => consentText(held(response.consent, 'a consent')));
      }),
    );
  command
    .command('revoke <consent>')
    .description('revoke a consent; nothing is delivered under it any more once it is answered')
    .action((name: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => {
        const response = await node.hub.revokeConsent({ name: consentName(name, agency), expectedVersion: 0n });
        await out.document(RevokeConsentResponse.toJSON(response), () => {
          const cutOffs = response.cutOffs.map((c) => [c.recipient, positions(c.mayHaveReceivedBefore), positions(c.acknowledgedBefore)]);
          const text = consentText(held(response.consent, 'a consent'));
          return cutOffs.length === 0 ? text : `${text}\n${table(['RECIPIENT', 'MAY HAVE RECEIVED UP TO', 'ACKNOWLEDGED UP TO'], cutOffs)}`;
        });
      }),
    );
  return command;
}

interface GrantFlags {
  readonly recipient: string;
  readonly category: readonly Category[];
  readonly purpose: readonly Purpose[];
  readonly until: Date;
}

function recipient(text: string): string {
  if (!/^(agencies|groups)\/[^/]+$/.test(text)) throw new UsageError(`${JSON.stringify(text)} is no recipient: write agencies/AGENCY or groups/GROUP`);
  return text;
}

const categories = (consent: SharingConsent): string => consent.categories.map((category) => CATEGORIES.of(category)).join(',');
const purposes = (consent: SharingConsent): string => consent.purposes.map((purpose) => PURPOSES.of(purpose)).join(',');
const state = ({ revokeTime, expireTime }: SharingConsent): string =>
  revokeTime === undefined ? `until ${expireTime?.toISOString() ?? '-'}` : `revoked ${revokeTime.toISOString()}`;

/** `partition:offset` of each partition. */
const positions = (all: readonly LogPosition[]): string => all.map(({ partition, offset }) => `${partition}:${offset}`).join(' ') || '-';

const consentText = (consent: SharingConsent): string =>
  facts([
    ['consent', consent.name],
    ['recipient', consent.recipient],
    ['categories', categories(consent)],
    ['purposes', purposes(consent)],
    ['state', state(consent)],
    ['version', String(consent.version)],
  ]);
