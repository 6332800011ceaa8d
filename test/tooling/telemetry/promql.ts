/** The metrics and labels that a PromQL expression speaks of. */
export interface Mentioned {
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
  /** Values that labels are compared with; of a regular expression its alternatives. */
  readonly values: readonly (readonly [label: string, value: string])[];
}

/** Words that stand for themselves. */
const WORDS: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'start', 'end']);
/** Words before a list of labels in parentheses. */
const BEFORE_LABELS: ReadonlySet<string> = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);

/**
 * Reads an expression as far as this needs: strings and durations aside, a word is a function or an aggregation when a
 * parenthesis follows, a label where labels stand, else a metric. That the expression is valid is promtool's to say.
 */
export function mentionedIn(expression: string): Mentioned {
  const metrics = new Set<string>();
  const labels = new Set<string>();
  const text = expression.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '""').replaceAll(/\[[^\]]*\]/g, '').replaceAll(/\boffset\s+-?[\dsmhdwy]+/g, '');
  let inside: 'labels' | 'matchers' | undefined;
  for (const { 0: token, index } of text.matchAll(/[a-zA-Z_:][\w:]*|\d[\w.]*|[{}()]/g)) {
    const next = text.slice(index + token.length).trimStart()[0];
    if (token === '{') inside = 'matchers';
    else if (token === '}' || (token === ')' && inside === 'labels')) inside = undefined;
    else if (BEFORE_LABELS.has(token)) inside = next === '(' ? 'labels' : inside;
    else if (!/^[a-zA-Z_:]/.test(token) || WORDS.has(token.toLowerCase())) continue;
    else if (inside !== undefined) labels.add(token);
    else if (next !== '(' && !isAggregation(token, text.slice(index + token.length))) metrics.add(token);
  }
  return { metrics: [...metrics].toSorted(), labels: [...labels].toSorted(), values: valuesIn(expression) };
}

const valuesIn = (expression: string): Mentioned['values'] =>
  [...expression.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g)].flatMap(([, label = '', values = '']) => values.split('|').map((value) => [label, value] as const));

/** `sum by (reason) (...)`: the labels come before the parenthesis. */
const isAggregation = (token: string, rest: string): boolean => /^\s*(by|without)\b/.test(rest) && /^[a-z_]+$/.test(token);
