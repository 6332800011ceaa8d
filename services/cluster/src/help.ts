import { CLUSTER_VARIABLES } from '@corridor/runtime/cluster';

const variables = Object.entries(CLUSTER_VARIABLES).map(([name, usual]) => `  ${name.padEnd(33)}${usual === undefined ? '' : `default ${usual}`}`.trimEnd());

/** What the command can do. */
export const HELP = `Usage: npm run cluster -- [--replicas hub=3,alerts=2] [--verbose]

The cluster edition on one machine: every service as a process of its own, over Kafka and MongoDB. A process that ends
unasked is begun again. CORRIDOR_KAFKA and CORRIDOR_MONGODB say where the engines are; without them they are started in
containers, where Docker runs.

  --replicas   how many processes of a service; usually one of each and two of the hub
  --verbose    show everything that the processes report, not only warnings and errors
  -h, --help   show this

Environment of every process (the addresses of the services are filled in):
${variables.join('\n')}

The master key and the secret of the founding act are made in the folder CORRIDOR_DATA (default .corridor-cluster) when
they are not given. Ctrl-C stops all; the engines keep the data.`;
