import { systemClock } from '@corridor/kernel';
import { openFollowup, proposed, person, SECRETARIAT, flow } from './followup.testing.ts';

/** Adopts recommendations and records flows in batches over a folder until it is killed; says which batch it begins. */

const [folder = '', from = '0', size = '0'] = process.argv.slice(2);
const followup = await openFollowup(folder, { clock: systemClock });
for (let batch = Number(from); ; batch += 1) {
  process.stdout.write(`${batch}\n`);
  const numbers = Array.from({ length: Number(size) }, (_, i) => 1 + batch * Number(size) + i);
  await followup.call('adoptRecommendations', { meeting: 'meetings/forum', recommendations: numbers.map((n) => proposed(n)), validateOnly: false }, person(SECRETARIAT));
  await followup.call('recordContributions', { contributions: numbers.map((n) => flow(`f${n}`)), validateOnly: false }, person(SECRETARIAT));
  process.stdout.write(`${batch} answered\n`);
}
