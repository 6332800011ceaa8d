import { Command } from 'commander';
import { Plan } from '@corridor/contracts/followup/v1/resources';
import { TIMELINESS } from '../../enum-words.ts';
import { readInput } from '../files.ts';
import { withAsOf, type AsOfFlags } from '../followup-options.ts';
import { messageOf } from '../json-input.ts';
import { agencyName, everyPage, held, PAGE_SIZE, planName, type Output, type Shell } from '../shell.ts';
import { handlingText } from '../show-updates.ts';
import { facts, table } from '../table.ts';

/** `corridor plans`: how agencies mean to carry recommendations out. */
export function plansCommand(shell: Shell): Command {
  const command = new Command('plans').description('plans of agencies to carry recommendations out');
  command
    .command('put <file>')
    .description('create or replace a plan of your agency: a Plan as JSON, - for standard input; its name may be its bare id')
    .action((file: string, _flags, self: Command) =>
      shell.connected(self, async ({ node, out, terminal, agency }) => {
        const plan = messageOf(Plan, (await readInput(file, terminal)).toString('utf8'), file);
        await show(out, (await node.followup.putPlan({ plan: { ...plan, name: planName(plan.name, agency) }, expectedVersion: plan.version })).plan);
      }),
    );
  withAsOf(command.command('get <plan>'))
    .description('one plan, with its milestones and indicators')
    .action((name: string, { asOf }: AsOfFlags, self: Command) =>
      shell.connected(self, async ({ node, out, agency }) => show(out, (await node.followup.getPlan({ name: planName(name, agency), asOf })).plan)),
    );
  withAsOf(command.command('list [agency]'))
    .description("the plans that you may see; default: every agency's")
    .action((agency: string | undefined, { asOf }: AsOfFlags, self: Command) =>
      shell.connected(self, async ({ node, out }) => {
        const parent = agency === undefined ? '' : agencyName(agency);
        const plans = await everyPage(
          (pageToken) => node.followup.listPlans({ parent, asOf, pageSize: PAGE_SIZE, pageToken }),
          (page) => page.plans,
        );
        await out.document({ plans: plans.map((plan) => Plan.toJSON(plan)) }, () =>
          table(
            ['PLAN', 'AREA', 'MILESTONES', 'RECOMMENDATIONS', 'TITLE'],
            plans.map((plan) => [plan.name, plan.area, reached(plan), String(plan.recommendations.length), plan.title]),
          ),
        );
      }),
    );
  return command;
}

const reached = ({ milestones }: Plan): string => `${milestones.filter(({ reachTime }) => reachTime !== undefined).length} of ${milestones.length} reached`;

async function show(out: Output, plan: Plan | undefined): Promise<void> {
  const shown = held(plan, 'a plan');
  await out.document(Plan.toJSON(shown), () => planText(shown));
}

function planText(plan: Plan): string {
  const head = facts([
    ['plan', plan.name],
    ['title', plan.title],
    ['area', plan.area],
    ['carries out', plan.recommendations.join(' ')],
    ['handling', handlingText(plan.handling)],
    ['version', String(plan.version)],
  ]);
  const milestones = plan.milestones.map((m) => [m.milestoneId, m.dueTime?.toISOString() ?? '-', m.reachTime?.toISOString() ?? '-', TIMELINESS.of(m.timeliness), m.text]);
  const indicators = plan.indicators.map((i) => [i.indicatorId, String(i.baseline), i.actual === undefined ? '?' : String(i.actual), String(i.target), i.unit, i.text]);
  return [
    head,
    table(['MILESTONE', 'DUE', 'REACHED', 'TIMELINESS', 'TEXT'], milestones),
    ...(indicators.length === 0 ? [] : [table(['INDICATOR', 'BASELINE', 'ACTUAL', 'TARGET', 'UNIT', 'TEXT'], indicators)]),
  ].join('\n');
}
