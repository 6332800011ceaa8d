import { build as buildAlerts } from '@corridor/alerts';
import { auditConfigOf, build as buildAudit } from '@corridor/audit';
import { build as buildFollowup } from '@corridor/followup';
import { build as buildGateway, ownNode } from '@corridor/gateway';
import { build as buildHub } from '@corridor/hub';
import { build as buildRegistry } from '@corridor/registry';
import { watchPart, type Config, type Part } from '@corridor/runtime';
import type { Embedded } from '@corridor/runtime/embedded';

/** The whole node, not started. */
export interface StandaloneNode {
  /** Its parts in the order of starting. */
  readonly parts: readonly Part[];
  /** Where gRPC is, `host:port`; asked for once the parts have started. */
  grpcAddress(): string;
  /** Where HTTP is, a URL; asked for once the parts have started. */
  httpAddress(): string;
}

/** What the node is told beyond the usual settings. */
export interface StandaloneConfig extends Config {
  readonly bootstrapSecret: string;
}

/** Every service over the ports of one process. @throws CorridorError CONFIG_INVALID, LISTENER_INSECURE */
export async function build(config: StandaloneConfig, { ports, policy, tokens, demandOf, reserve, grpcPort, parts }: Embedded): Promise<StandaloneNode> {
  const { bootstrapSecret, grpc, http, httpHosts: hosts } = config;
  const services = [
    buildRegistry({ bootstrapSecret }, ports),
    await buildHub({}, ports),
    await buildAlerts({}, ports),
    buildFollowup(ports),
    buildAudit(auditConfigOf(config), ports),
  ];
  const conditions = () => [{ name: 'policy', unwell: policy.unwell() }, ...[reserve, ...services].map((part) => ({ name: part.name, unwell: part.unwell() }))];
  const gateway = await buildGateway({ listener: http, hosts }, { ...ports, node: ownNode(grpc, grpcPort), tokens, demandOf, conditions });
  return {
    parts: [...parts(services), gateway, watchPart([policy, reserve, ...services], ports.clock)],
    grpcAddress: () => `${hostOf(grpc)}:${grpcPort() ?? 0}`,
    httpAddress: () => `${http.tls === undefined ? 'http' : 'https'}://${hostOf(http)}:${gateway.port() ?? 0}`,
  };
}

const hostOf = ({ host }: Config['grpc']): string => (host.includes(':') ? `[${host}]` : host);
