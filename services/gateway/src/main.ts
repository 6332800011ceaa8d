import { addressNear, watchPart } from '@corridor/runtime';
import { runProcess } from '@corridor/runtime/cluster';
import { measureCall } from './door/measured-calls.ts';
import { build, buildDoor } from './service.ts';

/** The way in to the cluster edition: one address for gRPC, passed on to the services, and HTTP, which calls by it as anybody does. */
await runProcess('gateway', async ({ ports, policy, tokens, ground }, { grpc, http, httpHosts: hosts, services, servicesCa }) => {
  const { clock, report } = ports;
  const door = buildDoor({ listener: grpc, services, upstreamTls: servicesCa === undefined ? false : { ca: servicesCa }, policy, clock, report, observe: measureCall });
  const node = () => ({ address: addressNear({ ...grpc, port: door.port() ?? 0 }), tls: grpc.tls === undefined ? false : { pinned: grpc.tls.certificate } });
  const conditions = () => [{ name: 'policy', unwell: policy.unwell() }, ...door.conditions()];
  const gateway = await build({ listener: http, hosts }, { ...ports, node, tokens, demandOf: door.demandOf, conditions });
  return [...ground, { name: door.name, start: async () => void (await door.start()), stop: () => door.stop() }, gateway, watchPart([policy, gateway], clock)];
});
