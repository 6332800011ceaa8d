import { newUuid } from '@corridor/kernel';
import { answerCheck, Caller } from '@corridor/gateway/testing';
import { assemble, enter, message, report, SECRET, type AGENCIES } from '../company.ts';
import { dataFolder, type HttpNode, LaterClock, startHttpNode } from './http-node.ts';

/** A node with the agencies of the company, as their browsers and programs see it. */
export interface Community {
  readonly clock: LaterClock;
  readonly anybody: Caller;
  /** Whether the data of an event are as the OpenAPI document says. */
  readonly checkMessage: (name: string, json: unknown) => void;
  browser(agency: Agency): Promise<Caller>;
  /** Publishes one report of some arrivals by `alpha` to Italy; its id. */
  publish(value: number): Promise<string>;
  node(): HttpNode;
  /** Stops the node and starts it again over its data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

type Agency = (typeof AGENCIES)[number] | 'operator';

export async function startCommunity(env: Readonly<Record<string, string>> = {}): Promise<Community> {
  const folder = dataFolder();
  const clock = new LaterClock();
  const start = () => startHttpNode(folder.path, clock, env);
  let node = await start();
  await assemble(node.grpc);
  const { json } = await new Caller(node.http).ask('/api/v1/openapi.json');
  if (typeof json !== 'object' || json === null) throw new Error('the node has no document');
  const check = answerCheck(json);
  const anybody = (): Caller => new Caller(node.http, check.answer);
  return {
    clock,
    get anybody() {
      return anybody();
    },
    checkMessage: check.message,
    browser: async (agency) => {
      const { headers } = await anybody().ask('/api/v1/session', { method: 'POST', body: { actor: `agencies/${agency}/actors/staff-1`, secret: SECRET } });
      return anybody().with({ cookie: headers['set-cookie']?.[0]?.split(';')[0] ?? '', 'sec-fetch-site': 'same-origin' });
    },
    publish: async (value) => {
      const id = newUuid(Date.now());
      const alpha = enter(node.grpc, 'alpha');
      await alpha.hub.publish(message('arrivals', [report(id, 0, value)]));
      alpha.close();
      return id;
    },
    node: () => node,
    restart: async () => {
      await node.stop();
      node = await start();
    },
    stop: async () => {
      await node.stop();
      folder.remove();
    },
  };
}
