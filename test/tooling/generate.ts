/** `npm run generate`: contracts, their descriptors, and the pages of docs/ that follow from the source. Prints what changed. */
import { writeGenerated } from './generate/generated.ts';

for (const file of await writeGenerated()) console.log(file);
