import { assertSecure, type Listener, type Report, type Service } from '@corridor/runtime';
import { gatewayApp } from './http/app.ts';
import type { Condition } from './http/health.ts';
import { listen, type Listening } from './http/listen.ts';

export interface GatewayConfig {
  readonly listener: Listener;
}

/** What the gateway is built over. */
export interface GatewayPorts {
  /** The policy state and the services of the node as they are now; the composition root knows them, the gateway does not. */
  readonly conditions: () => readonly Condition[];
  readonly report: Report;
}

/** A built gateway. */
export interface Gateway extends Service {
  /** The port it listens on; undefined while it does not. */
  port(): number | undefined;
}

/**
 * The way in by HTTP. It listens from `start` to `stop`.
 * @throws CorridorError LISTENER_INSECURE
 */
export function build({ listener }: GatewayConfig, { conditions, report }: GatewayPorts): Gateway {
  assertSecure(listener);
  const app = gatewayApp({
    unready: () => conditions().flatMap(({ name, unwell }) => (unwell === undefined ? [] : [`${name}: ${unwell}`])),
  });
  let listening: Listening | undefined;
  return {
    name: 'gateway',
    async start() {
      listening = await listen(app, listener);
      report('info', 'http.listening', { host: listener.host, port: listening.port });
    },
    async stop() {
      await listening?.close();
    },
    unwell: () => undefined,
    port: () => listening?.port,
  };
}
