import { Database } from './database.ts';

/** Run as a process by a test: opens a file, says so, and holds it until it is killed. */
await Database.open(process.argv[2] ?? '');
process.stdout.write('open\n');
setInterval(() => undefined, 1 << 30);
