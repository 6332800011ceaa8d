import { Command, Option } from 'commander';
import { newUuid } from '@corridor/kernel';
import { Alert, AlertDelivery, DraftAlertRequest, GetAlertTopicsResponse, UpdateAlertRequest, type AlertState } from '@corridor/contracts/alerts/v1/alerts';
import { CapStatus, type CapInfo } from '@corridor/contracts/alerts/v1/cap';
import type { Category } from '@corridor/contracts/common/v1/vocabulary';
import { ALERT_STATES, CAP_STATUSES, CATEGORIES } from '../../enum-words.ts';
import { alertFilterOf, infoOf, withAlertFilter, withInfo, type AlertFilterFlags, type InfoFlags } from '../alert-options.ts';
import { handlingOf, withHandling, wordOption, wordsOption, type HandlingFlags } from '../common-options.ts';
import { UsageError } from '../failure.ts';
import { readInput } from '../files.ts';
import { messageOf } from '../json-input.ts';
import { dutyOf, withDuty, type DutyFlags } from '../rule-options.ts';
import { alertName, firstItems, focalPointName, held, type Output, type Session, type Shell } from '../shell.ts';
import { alertInFull, alertsTable } from '../show-alerts.ts';
import { follow, withStreamOptions, type StreamFlags } from '../streaming.ts';
import { facts } from '../table.ts';
import { wholeNumber } from '../words.ts';

/** `corridor alerts`: early warning. */
export function alertsCommand(shell: Shell): Command {
  const command = new Command('alerts').description('alerts of early warning, and the duty to acknowledge them');
  for (const sub of [listCommand, getCommand, draftCommand, approveCommand, updateCommand, cancelCommand, acknowledgeCommand, watchCommand, topicsCommand]) {
    command.addCommand(sub(shell));
  }
  return command;
}

interface ListFlags extends AlertFilterFlags {
  readonly state?: readonly AlertState[];
  readonly unacknowledged?: true;
  readonly limit: number;
}

function listCommand(shell: Shell): Command {
  return withAlertFilter(new Command('list'))
    .description('the alerts that you may see, newest first')
    .addOption(wordsOption('--state <state>', 'only alerts that stand there, all but drafts unless stated', ALERT_STATES))
    .option('--unacknowledged', "only alerts that your agency's focal points still have to acknowledge")
    .option('--limit <alerts>', 'at most so many alerts', wholeNumber(1, 1_000_000), 100)
    .action((flags: ListFlags, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const request = { filter: alertFilterOf(flags), states: flags.state ?? [], unacknowledged: flags.unacknowledged === true };
        const { found, more } = await firstItems(
          flags.limit,
          (pageSize, pageToken) => node.alerts.listAlerts({ ...request, pageSize, pageToken }),
          (page) => page.alerts,
        );
        await out.document({ alerts: found.map((alert) => Alert.toJSON(alert)) }, () => alertsTable(found));
        if (more) out.note(`there is more: --limit is ${flags.limit}`);
      }),
    );
}

function getCommand(shell: Shell): Command {
  return new Command('get')
    .argument('<alert>')
    .description('one alert, with its thread and why it was raised')
    .action((name: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out }) => show(out, (await node.alerts.getAlert({ name: alertName(name) })).alert)),
    );
}

interface DraftFlags extends InfoFlags, HandlingFlags, DutyFlags {
  readonly file?: string;
  readonly hazard?: string;
  readonly area?: string;
  readonly category?: Category;
  readonly status?: CapStatus;
  readonly note?: string;
}

function draftCommand(shell: Shell): Command {
  const command = new Command('draft')
    .description('draft an alert by hand; nobody receives it before another actor has approved it')
    .option('--file <file>', 'the whole draft, in any number of languages, as JSON (corridor.alerts.v1.DraftAlertRequest), - for standard input; then no other option counts')
    .option('--hazard <slug>', 'hazard, the first part of the topic')
    .option('--area <place>', 'country, admin code or route')
    .addOption(wordOption('--category <category>', 'category of what it is about', CATEGORIES))
    .addOption(wordOption('--status <status>', 'status, actual unless stated', CAP_STATUSES))
    .option('--note <text>', 'for an exercise: which');
  return withHandling(withDuty(withInfo(command))).action((flags: DraftFlags, self: Command) =>
    shell.connected(self, async (session) => show(session.out, (await session.node.alerts.draftAlert(await draftOf(flags, session))).alert)),
  );
}

async function draftOf(flags: DraftFlags, { terminal }: Session): Promise<DraftAlertRequest> {
  if (flags.file !== undefined) {
    const request = messageOf(DraftAlertRequest, (await readInput(flags.file, terminal)).toString('utf8'), flags.file);
    return { ...request, alertId: request.alertId || newUuid() };
  }
  const { hazard, area, category } = flags;
  if (hazard === undefined || area === undefined || category === undefined) throw new UsageError('a draft needs --hazard, --area and --category, or --file');
  return {
    alertId: newUuid(),
    hazard,
    area,
    category,
    handling: await handlingOf(flags, terminal),
    status: flags.status ?? CapStatus.CAP_STATUS_ACTUAL,
    note: flags.note ?? '',
    infos: [infoOf(flags, undefined, area)],
    acknowledgement: dutyOf(flags, undefined),
  };
}

function approveCommand(shell: Shell): Command {
  return new Command('approve')
    .argument('<alert>')
    .description('issue a drafted alert; never its author')
    .option('--read-version <number>', 'the version you have read, so that no other one is issued; default: whatever it is', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .action((name: string, { readVersion }: { readonly readVersion: number }, self: Command) =>
      shell.connected(self, async ({ node, out }) =>
        show(out, (await node.alerts.approveAlert({ name: alertName(name), expectedVersion: BigInt(readVersion) })).alert),
      ),
    );
}

function updateCommand(shell: Shell): Command {
  const command = new Command('update')
    .argument('<alert>')
    .description('say more, or something else, in an open alert: a further message of its thread')
    .option('--file <file>', 'what it says now, in every language, as JSON (corridor.alerts.v1.UpdateAlertRequest), - for standard input; then no other option counts');
  return withInfo(command).action((text: string, flags: InfoFlags & { readonly file?: string }, self: Command) =>
    shell.connected(self, async ({ node, out, terminal }) => {
      const name = alertName(text);
      if (flags.file !== undefined) {
        const request = messageOf(UpdateAlertRequest, (await readInput(flags.file, terminal)).toString('utf8'), flags.file);
        return show(out, (await node.alerts.updateAlert({ ...request, name })).alert);
      }
      const alert = held((await node.alerts.getAlert({ name })).alert, 'an alert');
      await show(out, (await node.alerts.updateAlert({ name, expectedVersion: alert.version, infos: changedInfos(flags, alert) })).alert);
    }),
  );
}

/** What the newest message says, with the flags' language changed or added. */
function changedInfos(flags: InfoFlags, { messages, topic }: Alert): readonly CapInfo[] {
  const infos = messages.findLast((message) => message.infos.length > 0)?.infos ?? [];
  const [, area = ''] = topic.split('/');
  const at = infos.findIndex(({ language }) => language === flags.language);
  const changed = infoOf(flags, infos[at] ?? infos[0], area);
  return at === -1 ? [...infos, changed] : infos.with(at, changed);
}

function cancelCommand(shell: Shell): Command {
  return new Command('cancel')
    .argument('<alert>')
    .description('cancel an open alert, or discard a draft')
    .requiredOption('--reason <text>', 'why, 1-500 characters; goes out with it')
    .action((name: string, { reason }: { readonly reason: string }, self: Command) =>
      shell.connected(self, async ({ node, out }) => show(out, (await node.alerts.cancelAlert({ name: alertName(name), expectedVersion: 0n, reason })).alert)),
    );
}

function acknowledgeCommand(shell: Shell): Command {
  return new Command('ack')
    .argument('<alert>')
    .description("fulfil your agency's duty to acknowledge an alert")
    .option('--focal-point <id>', 'whose duty; default: the only one that is open')
    .option('--note <text>', 'what you have to say', '')
    .action((text: string, flags: { readonly focalPoint?: string; readonly note: string }, self: Command) =>
      shell.connected(self, async (session) => {
        const name = alertName(text);
        const focalPoint = flags.focalPoint === undefined ? await onlyDuty(session, name) : focalPointName(flags.focalPoint, session.agency);
        await show(session.out, (await session.node.alerts.acknowledgeAlert({ name, focalPoint, note: flags.note })).alert);
      }),
    );
}

/** The focal point of one's own agency that still has to acknowledge. @throws UsageError unless there is exactly one. */
async function onlyDuty({ node, agency }: Session, name: string): Promise<string> {
  const { duties } = held((await node.alerts.getAlert({ name })).alert, 'an alert');
  const own = duties.filter(({ focalPoint, acknowledgeTime }) => focalPoint.startsWith(`${agency()}/`) && acknowledgeTime === undefined);
  const [first, ...more] = own.map(({ focalPoint }) => focalPoint);
  if (first === undefined) throw new UsageError(`no focal point of ${agency()} still has to acknowledge ${name}`);
  if (more.length > 0) throw new UsageError(`several focal points have to: pass --focal-point, one of ${[first, ...more].join(', ')}`);
  return first;
}

function watchCommand(shell: Shell): Command {
  const command = withAlertFilter(new Command('watch')).description('print alerts as they are raised and change; at least once each, also across broken connections');
  return withStreamOptions(command, {
    cursorFile: 'go on from the cursor in this file, and keep it there',
    untilIdle: 'end when nothing came for so long',
  }).action((flags: AlertFilterFlags & StreamFlags, self: Command) =>
    shell.connected(self, ({ node, out, terminal }) =>
      follow(flags, terminal, {
        open: (options) => node.subscribeAlerts({ ...options, filter: alertFilterOf(flags) }),
        take: (delivery: AlertDelivery) =>
          out.item(AlertDelivery.toJSON(delivery), () => `== ${delivery.cause}\n${alertInFull(held(delivery.alert, 'an alert'))}\n`),
      }),
    ),
  );
}

function topicsCommand(shell: Shell): Command {
  const command = new Command('topics').description("which alerts go to your agency's own topic of the log (administrators)");
  withAlertFilter(command.command('set'))
    .description('set them, in place of those before; the topic must be open')
    .addOption(new Option('--none', 'no alerts any more').conflicts('topic'))
    .action((flags: AlertFilterFlags & { readonly none?: true }, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => {
        if (flags.none !== true && flags.topic === undefined) throw new UsageError("pass --topic, e.g. '*/*/*' for every alert, or --none");
        const filter = alertFilterOf(flags);
        const { logTopic } = await node.alerts.setAlertTopics({ parent: agency(), filter });
        await showTopics(out, { filter, logTopic });
      }),
    );
  command
    .command('get')
    .description('show them')
    .action((_flags, self: Command) => shell.connected(self, async ({ node, out, agency }) => showTopics(out, await node.alerts.getAlertTopics({ parent: agency() }))));
  return command;
}

const showTopics = (out: Output, response: GetAlertTopicsResponse): Promise<void> =>
  out.document(GetAlertTopicsResponse.toJSON(response), () =>
    facts([
      ['log topic', response.logTopic],
      ['alerts', response.filter?.topics.join(' ') || 'none'],
      ['statuses', response.filter?.statuses.map((status) => CAP_STATUSES.of(status)).join(' ') || 'actual'],
    ]),
  );

async function show(out: Output, alert: Alert | undefined): Promise<void> {
  const shown = held(alert, 'an alert');
  await out.document(Alert.toJSON(shown), () => alertInFull(shown));
}
