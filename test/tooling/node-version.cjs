// CommonJS on purpose: it must run, and explain, under a Node too old for everything else here.
'use strict';

const OLDEST = 24;

if (Number(process.versions.node.split('.')[0]) < OLDEST) {
  process.stderr.write(
    `Corridor needs Node ${OLDEST} or newer, and this is ${process.version} on ${process.platform}-${process.arch}.\n` +
      'On Linux (x64, arm64) `npm run setup` brings its own; elsewhere install it from https://nodejs.org.\n',
  );
  process.exit(1);
}
