/**
 * The health check of a container, which has no other tool for it: ends with 0 when the process that has the same
 * environment serves gRPC, else with 1.
 */
import { nodeConfigFrom } from '../src/config.ts';
import { explained } from '../src/explained.ts';
import { serves } from '../src/cluster/probe.ts';

try {
  process.exitCode = (await serves(nodeConfigFrom(process.env).grpc)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`corridor probe: ${explained(error)}\n`);
  process.exitCode = 1;
}
