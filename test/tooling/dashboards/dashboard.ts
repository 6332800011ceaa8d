/** A line of a graph, or a family of lines. */
export interface Query {
  /** PromQL. */
  readonly expression: string;
  /** What a line is called; `{{label}}` is the label's value. */
  readonly legend: string;
}

/** A graph, or a single number as it is now. */
export interface Panel {
  readonly title: string;
  /** What it shows, and what is good. */
  readonly description: string;
  readonly kind: 'graph' | 'number';
  /** As Grafana names it: `s`, `ms`, `bytes`, `ops`, `short`, `percentunit`... */
  readonly unit: string;
  readonly queries: readonly Query[];
}

export interface Dashboard {
  /** Its name as a file and in links. */
  readonly id: string;
  readonly title: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

const COLUMNS = 24;
const HEIGHT = { graph: 8, number: 4 } as const;
const TYPE = { graph: 'timeseries', number: 'stat' } as const;
const DATASOURCE = { type: 'prometheus', uid: 'prometheus' };

/** The dashboard as Grafana reads it: rows one below the other, the panels of a row side by side. */
export function toGrafana({ id, title, rows }: Dashboard): unknown {
  const panels: unknown[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({ id: panels.length + 1, type: 'row', title: row.title, collapsed: false, gridPos: { x: 0, y, w: COLUMNS, h: 1 }, panels: [] });
    y += 1;
    const w = Math.floor(COLUMNS / row.panels.length);
    for (const [i, panel] of row.panels.entries()) panels.push(panelOf(panel, { id: panels.length + 1, gridPos: { x: i * w, y, w, h: HEIGHT[panel.kind] } }));
    y += Math.max(...row.panels.map(({ kind }) => HEIGHT[kind]));
  }
  return {
    uid: `corridor-${id}`,
    title: `Corridor: ${title}`,
    tags: ['corridor'],
    schemaVersion: 41,
    editable: false,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'utc',
    links: [{ type: 'dashboards', title: 'Corridor', tags: ['corridor'], asDropdown: false, includeVars: false, keepTime: true }],
    panels,
  };
}

function panelOf({ title, description, kind, unit, queries }: Panel, place: Readonly<Record<string, unknown>>): unknown {
  const custom = kind === 'graph' ? { custom: { lineWidth: 1, fillOpacity: 10, showPoints: 'never' } } : {};
  return {
    ...place,
    type: TYPE[kind],
    title,
    description,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit, min: 0, ...custom }, overrides: [] },
    options: kind === 'graph' ? { legend: { displayMode: 'table', placement: 'right', calcs: ['lastNotNull', 'max'] }, tooltip: { mode: 'multi', sort: 'desc' } } : { reduceOptions: { calcs: ['lastNotNull'] } },
    targets: queries.map(({ expression, legend }, i) => ({ refId: String.fromCodePoint(65 + i), datasource: DATASOURCE, expr: expression, legendFormat: legend })),
  };
}
