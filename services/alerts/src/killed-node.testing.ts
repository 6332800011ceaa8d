import { systemClock } from '@corridor/kernel';
import { partnerTopicName } from '@corridor/eventlog';
import { APPROVER, openAlerts } from './alerts.testing.ts';
import { deliveryOf, DELIVERIES } from './killed-story.testing.ts';

/** Run as a process by the kill test: delivers the story where it was left, evaluates it, and prints each delivery's number. */
const [folder = ''] = process.argv.slice(2);
const alerts = await openAlerts(folder, { clock: systemClock });
const end = await alerts.log.end(partnerTopicName(APPROVER.agency));
for (let i = end.reduce((sum, offset) => sum + offset, 0); i < DELIVERIES; i += 1) {
  const { views, change } = deliveryOf(i);
  await alerts.deliver(views, change);
  process.stdout.write(`${i}\n`);
}
await alerts.settled();
process.stdout.write('done\n');
await alerts.close();
