import { watchPart } from '@corridor/runtime';
import { runProcess } from '@corridor/runtime/cluster';
import { measureCall } from './door/measured-calls.ts';
import { build, buildDoor, ownNode } from './service.ts';

/** The way in to the cluster edition: one address for gRPC, passed on to the services, and HTTP, which calls by it as anybody does. */
await runProcess('gateway', async ({ ports, policy, tokens, ground }, { grpc, http, httpHosts: hosts, services, servicesCa }) => {
  const { clock, report } = ports;
  const door = buildDoor({ listener: grpc, services, upstreamTls: servicesCa === undefined ? false : { ca: servicesCa }, policy, clock, report, observe: measureCall });
  const conditions = () => [{ name: 'policy', unwell: policy.unwell() }, ...door.conditions()];
  const gateway = await build({ listener: http, hosts }, { ...ports, node: ownNode(grpc, () => door.port()), tokens, demandOf: door.demandOf, conditions });
  return [...ground, { name: door.name, start: async () => void (await door.start()), stop: () => door.stop() }, gateway, watchPart([policy, gateway], clock)];
});
