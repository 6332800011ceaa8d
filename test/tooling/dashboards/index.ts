import { type Dashboard, toGrafana } from './dashboard.ts';
import { earlyWarning } from './early-warning.ts';
import { exchange } from './exchange.ts';
import { system } from './system.ts';

const DASHBOARDS: readonly Dashboard[] = [exchange, earlyWarning, system];

/** Each dashboard as a file for Grafana, by its name. */
export const dashboardFiles = (): readonly (readonly [file: string, text: string])[] =>
  DASHBOARDS.map((dashboard) => [`${dashboard.id}.json`, `${JSON.stringify(toGrafana(dashboard), null, 1)}\n`]);
