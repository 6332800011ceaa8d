/** How an example is treated: run to its end, kept running until all are done, or left out for a stated reason. */
export type Treatment = { readonly kind: 'run' } | { readonly kind: 'background' } | { readonly kind: 'left out'; readonly why: string };

/** A shell block of a page, with the line it starts on and the output the page shows after it. */
export interface Example {
  readonly line: number;
  readonly script: string;
  readonly treatment: Treatment;
  readonly expected: string | undefined;
}

/** A port the page names: the runner takes a free one instead, also in `value`, which it sets the environment variable to. */
export interface NamedPort {
  readonly port: string;
  readonly variable: string;
  readonly value: string;
}

/** What a page asks to be run. */
export interface Page {
  readonly examples: readonly Example[];
  readonly ports: readonly NamedPort[];
}

interface Block {
  readonly line: number;
  readonly language: string;
  readonly text: string;
  readonly treatment: Treatment;
}

/**
 * Reads the examples of a Markdown page; README.md in this folder's parent states the convention.
 * Throws on a directive it does not know and on a background example whose ready output is not shown: a slip of the pen
 * must not turn an example off.
 */
export function parsePage(markdown: string): Page {
  const { blocks, ports } = readBlocks(markdown.split('\n'));
  const examples = blocks.flatMap((block, index) => {
    if (block.language !== 'sh') return [];
    const next = blocks[index + 1];
    const expected = next?.language === 'text' ? next.text : undefined;
    if (block.treatment.kind === 'background' && expected === undefined) {
      throw new Error(`line ${block.line}: a background example needs a text block after it that shows when it is ready`);
    }
    return [{ line: block.line, script: block.text, treatment: block.treatment, expected }];
  });
  return { examples, ports };
}

function readBlocks(lines: readonly string[]): { readonly blocks: readonly Block[]; readonly ports: readonly NamedPort[] } {
  const blocks: Block[] = [];
  const ports: NamedPort[] = [];
  let treatment: Treatment = { kind: 'run' };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const directive = /^<!-- example: (.+) -->\s*$/.exec(line)?.[1];
    const fence = /^(`{3,})(\w*)/.exec(line);
    if (directive !== undefined) {
      const [, port, variable, value] = /^port (\d+) (\w+)=(\S*\b\1\b\S*)$/.exec(directive) ?? [];
      if (port === undefined || variable === undefined || value === undefined) treatment = treatmentOf(directive, at + 1);
      else ports.push({ port, variable, value });
    } else if (fence !== null) {
      const end = lines.indexOf(fence[1] ?? '', at + 1);
      if (end === -1) throw new Error(`line ${at + 1}: the block is not closed`);
      blocks.push({ line: at + 1, language: fence[2] ?? '', text: lines.slice(at + 1, end).join('\n'), treatment });
      treatment = { kind: 'run' };
      at = end;
    }
  }
  return { blocks, ports };
}

function treatmentOf(directive: string, line: number): Treatment {
  if (directive === 'background') return { kind: 'background' };
  const why = /^not run, (.+)$/.exec(directive)?.[1];
  if (why !== undefined) return { kind: 'left out', why };
  throw new Error(`line ${line}: no such directive: ${directive}`);
}
