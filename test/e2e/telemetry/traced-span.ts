/** A span as its test sees it, wherever it was exported to. */
export interface TracedSpan {
  readonly trace: string;
  readonly id: string;
  readonly parent: string | undefined;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly links: readonly { readonly trace: string; readonly id: string }[];
}

/** Where in a trace a span stands: an attribute tells spans of one name apart. */
export type Wanted = readonly [name: string, attributes?: Readonly<Record<string, string | number>>];

const isWanted = (span: TracedSpan, [name, attributes = {}]: Wanted): boolean =>
  span.name === name && Object.entries(attributes).every(([key, value]) => span.attributes[key] === value);

/** The one child of a span that is wanted. @throws Error naming what is there instead */
export function childOf(parent: TracedSpan, wanted: Wanted, spans: readonly TracedSpan[]): TracedSpan {
  const children = spans.filter((span) => span.trace === parent.trace && span.parent === parent.id);
  return theOne(children, wanted, `below ${parent.name}`);
}

/** As `childOf`, where there is one for each replica. */
export function someChildOf(parent: TracedSpan, wanted: Wanted, spans: readonly TracedSpan[]): void {
  const [first] = spans.filter((span) => span.trace === parent.trace && span.parent === parent.id && isWanted(span, wanted));
  if (first === undefined) childOf(parent, wanted, spans);
}

/** The one span of a trace that is wanted and has a span among those before it. */
export function descendantOf(ancestor: TracedSpan, wanted: Wanted, spans: readonly TracedSpan[]): TracedSpan {
  const byId = new Map(spans.filter(({ trace }) => trace === ancestor.trace).map((span) => [span.id, span]));
  const descends = (span: TracedSpan): boolean => {
    for (let next = byId.get(span.parent ?? ''); next !== undefined; next = byId.get(next.parent ?? '')) if (next.id === ancestor.id) return true;
    return false;
  };
  return theOne([...byId.values()].filter(descends), wanted, `behind ${ancestor.name}`);
}

/** The one root that is wanted. */
export const rootOf = (wanted: Wanted, spans: readonly TracedSpan[]): TracedSpan => theOne(spans.filter(({ parent }) => parent === undefined), wanted, 'without a parent');

function theOne(spans: readonly TracedSpan[], wanted: Wanted, where: string): TracedSpan {
  const [found, ...others] = spans.filter((span) => isWanted(span, wanted));
  if (found !== undefined && others.length === 0) return found;
  const there = spans.map(({ name, attributes }) => `${name} ${JSON.stringify(attributes)}`).join('\n  ');
  throw new Error(`${others.length === 0 ? 'no' : 'more than one'} span ${JSON.stringify(wanted)} ${where}; there are\n  ${there}`);
}
