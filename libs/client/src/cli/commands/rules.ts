import { Command, InvalidArgumentError } from 'commander';
import { Granularity, type Period } from '@corridor/contracts/common/v1/vocabulary';
import { Rule, type Backtest } from '@corridor/contracts/alerts/v1/rules';
import { CAP_STATUSES, DIRECTIONS, GRANULARITIES, MEASURES, MODES, POPULATIONS, RULE_STATES, SEVERITIES } from '../../enum-words.ts';
import { ruleOf, withRule, type RuleFlags } from '../rule-options.ts';
import { everyPage, held, PAGE_SIZE, ruleName, type Output, type Session, type Shell } from '../shell.ts';
import { handlingText } from '../show-updates.ts';
import { facts, table } from '../table.ts';
import { moment, several, wholeNumber } from '../words.ts';

/** `corridor rules`: what raises alerts. */
export function rulesCommand(shell: Shell): Command {
  const command = new Command('rules').description('rules of the early-warning agency: what raises alerts');
  command
    .command('list')
    .description('the rules')
    .action((_flags, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const rules = await everyPage(
          (pageToken) => node.alerts.listRules({ pageSize: PAGE_SIZE, pageToken }),
          (page) => page.rules,
        );
        await out.document({ rules: rules.map((rule) => Rule.toJSON(rule)) }, () =>
          table(['RULE', 'VERSION', 'STATE', 'STATUS', 'WHEN', 'TITLE'], rules.map((r) => [r.name, String(r.version), RULE_STATES.of(r.state), CAP_STATUSES.of(r.status), detectorText(r), r.title])),
        );
      }),
    );
  command
    .command('get <rule>')
    .description('one rule, with its skill')
    .action((name: string, _flags, self: Command) => shell.connected(self, async ({ node, out }) => show(out, (await node.alerts.getRule({ name: ruleName(name) })).rule)));
  withRule(command.command('create <rule-id>'))
    .description('write a rule, a draft')
    .action((ruleId: string, flags: RuleFlags, self: Command) =>
      shell.connected(self, async ({ node, out, terminal }) =>
        show(out, (await node.alerts.createRule({ ruleId, rule: await ruleOf(flags, Rule.fromPartial({}), terminal) })).rule),
      ),
    );
  withRule(command.command('update <rule>'))
    .description('change what a rule says; it is a draft again')
    .action((text: string, flags: RuleFlags, self: Command) =>
      shell.connected(self, async ({ node, out, terminal }) => {
        const name = ruleName(text);
        const before = held((await node.alerts.getRule({ name })).rule, 'a rule');
        const rule = { ...(await ruleOf(flags, before, terminal)), name };
        await show(out, (await node.alerts.updateRule({ rule, expectedVersion: before.version })).rule);
      }),
    );
  command
    .command('backtest <rule>')
    .description('try a rule on the observations that are there, and store its skill')
    .option('--from <date>', 'first moment of the observations; default: the first there is', moment)
    .option('--until <date>', 'first moment after them; default: the last there is', moment)
    .option('--event <start..end>', 'what really happened and the rule should have seen; several times', several(eventOf))
    .option('--tolerance <seconds>', 'how long before an event an alarm still belongs to it', wholeNumber(0, 31_536_000), 0)
    .action((name: string, flags: BacktestFlags, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const request = { name: ruleName(name), expectedVersion: 0n, start: flags.from, end: flags.until, events: flags.event ?? [], toleranceSeconds: flags.tolerance };
        await show(out, (await node.alerts.backtestRule(request)).rule);
      }),
    );
  command
    .command('activate <rule>')
    .description('let a backtested rule evaluate; never its author')
    .option('--history', 'also evaluate the observations that are there already')
    .action((name: string, { history }: { readonly history?: true }, self: Command) =>
      shell.connected(self, async ({ node, out }) =>
        show(out, (await node.alerts.activateRule({ name: ruleName(name), expectedVersion: 0n, evaluateHistory: history === true })).rule),
      ),
    );
  addSteps(command, shell);
  return command;
}

interface BacktestFlags {
  readonly from?: Date;
  readonly until?: Date;
  readonly event?: readonly Period[];
  readonly tolerance: number;
}

/** A period from `START..END`, each a date or a moment; the end is exclusive. */
function eventOf(text: string): Period {
  const [start, end, ...more] = text.split('..');
  if (start === undefined || end === undefined || more.length > 0) throw new InvalidArgumentError('It must be START..END, e.g. 2015-07-01..2016-03-01.');
  return { start: moment(start), end: moment(end), granularity: Granularity.GRANULARITY_CUSTOM };
}

const STEPS = [
  ['pause', 'stop an active rule for the time being'],
  ['resume', 'end a pause'],
  ['retire', 'end a rule for good'],
] as const;

function addSteps(command: Command, shell: Shell): void {
  for (const [step, description] of STEPS) {
    command
      .command(`${step} <rule>`)
      .description(description)
      .requiredOption('--reason <text>', 'why, 1-500 characters')
      .action((name: string, { reason }: { readonly reason: string }, self: Command) =>
        shell.connected(self, async (session) => show(session.out, await take(step, session, { name: ruleName(name), expectedVersion: 0n, reason }))),
      );
  }
}

async function take(
  step: (typeof STEPS)[number][0],
  { node: { alerts } }: Session,
  request: { readonly name: string; readonly expectedVersion: bigint; readonly reason: string },
): Promise<Rule | undefined> {
  switch (step) {
    case 'pause':
      return (await alerts.pauseRule(request)).rule;
    case 'resume':
      return (await alerts.resumeRule(request)).rule;
    case 'retire':
      return (await alerts.retireRule(request)).rule;
  }
}

async function show(out: Output, rule: Rule | undefined): Promise<void> {
  const shown = held(rule, 'a rule');
  await out.document(Rule.toJSON(shown), () => ruleText(shown));
}

/** When a rule raises an alarm, in words. */
function detectorText({ detector }: Rule): string {
  switch (detector?.$case) {
    case 'threshold': {
      const { value, direction, consecutivePeriods } = detector.value;
      return `${DIRECTIONS.of(direction)} ${value}${consecutivePeriods > 1 ? `, ${consecutivePeriods} periods in a row` : ''}`;
    }
    case 'rateOfChange': {
      const { perCent, direction, windowPeriods, leastKnownPeriods, leastMean } = detector.value;
      const least = leastMean === 0n ? '' : `, which is at least ${leastMean}`;
      return `${perCent} % ${DIRECTIONS.of(direction)} the mean of ${windowPeriods} periods (${leastKnownPeriods} known)${least}`;
    }
    case undefined:
      return '-';
  }
}

function ruleText(rule: Rule): string {
  const { observations, acknowledgement, backtest } = rule;
  const words = <V>(values: readonly V[] | undefined, of: (value: V) => string): string => values?.map(of).join(' ') ?? '';
  const head = facts([
    ['rule', rule.name],
    ['title', rule.title],
    ['state', RULE_STATES.of(rule.state)],
    ['reads', observations?.series.join(' ') ?? ''],
    ['measure', `${MEASURES.of(observations?.measure ?? 0)} by ${GRANULARITIES.of(observations?.granularity ?? 0)}`],
    ['areas', observations?.areas.join(' ') ?? ''],
    ['populations', words(observations?.populations, POPULATIONS.of)],
    ['modes', words(observations?.modes, MODES.of)],
    ['when', detectorText(rule)],
    ['severities', rule.severities.map((step) => `${SEVERITIES.of(step.severity)} from ${step.atLeast} %`).join(', ')],
    ['hazard', rule.hazard],
    ['event', rule.event],
    ['instruction', rule.instruction],
    ['alerts hold', `${rule.expiresAfterSeconds} s`],
    ['status', CAP_STATUSES.of(rule.status)],
    ['handling', handlingText(rule.handling)],
    ['acknowledged by', acknowledgement === undefined || acknowledgement.theme === '' ? '' : `focal points for ${acknowledgement.theme} within ${acknowledgement.deadlineSeconds} s, deputies within ${acknowledgement.escalationSeconds} s more`],
    ['author', rule.author],
    ['approver', rule.approver],
    ['reason', rule.reason],
    ['version', String(rule.version)],
  ]);
  return backtest === undefined ? head : `${head}\n${backtestText(backtest)}`;
}

/** Per mille as per cent with one decimal; `-` where there is nothing to count. */
const perCent = (perMille: number | undefined): string => (perMille === undefined ? '-' : `${(perMille / 10).toFixed(1)} %`);

const backtestText = (tried: Backtest): string =>
  facts([
    ['tried on', `${tried.start?.toISOString() ?? '-'}..${tried.end?.toISOString() ?? '-'}`],
    ['observations', `${tried.knownObservations} known, ${tried.unknownObservations} unknown or suppressed`],
    ['alarms', `${tried.alarms}, ${tried.falseAlarms} of them false`],
    ['events', `${tried.events}, ${tried.hits} of them seen, ${tried.misses} missed`],
    ['detection (POD)', perCent(tried.podPerMille)],
    ['false alarms (FAR)', perCent(tried.farPerMille)],
    ['success (CSI)', perCent(tried.csiPerMille)],
    ['lead time', tried.meanLeadSeconds === undefined ? '-' : `${tried.meanLeadSeconds} s`],
  ]);
