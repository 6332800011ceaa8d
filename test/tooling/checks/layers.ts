import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { ROOT } from '../command.ts';
import { sourceFiles } from '../sources.ts';
import { failed, passed, type Outcome } from './check.ts';
import { LAYER_RULES } from './layer-rules.ts';

/** What a cruise over a tree saw. `modules` are the files of the tree itself, relative to its root; `crossings` counts imports from one package into another. */
export interface Cruise {
  readonly modules: ReadonlySet<string>;
  readonly crossings: number;
  /** One line each: `rule: from -> to`. */
  readonly violations: readonly string[];
}

const packageOf = (file: string): string | undefined => /^(?:libs|services|test)\/[^/]+\//.exec(file)?.[0];

/**
 * Follows every import of what lies in `folders` of `root`, type-only ones too, and holds them against the layer rules.
 * Throws when dependency-cruiser gives no result, and when it looked at nothing: with a TypeScript it cannot load it silently
 * sees no modules at all.
 */
export async function cruiseLayers(root: string, folders: readonly string[]): Promise<Cruise> {
  const { output } = await cruise([...folders], {
    baseDir: root,
    validate: true,
    ruleSet: { forbidden: [...LAYER_RULES] },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)node_modules/[.]bin/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json', '.d.ts'],
      mainFields: ['main', 'types'],
    },
  });
  if (typeof output === 'string') throw new Error('dependency-cruiser printed a report instead of returning its result');
  return summarise(output);
}

function summarise(result: ICruiseResult): Cruise {
  const own = result.modules.filter((module) => packageOf(module.source) !== undefined && !module.source.includes('node_modules/'));
  if (own.length === 0) throw new Error('dependency-cruiser saw no module');
  const crossings = own
    .flatMap((module) => module.dependencies.map((dependency) => [packageOf(module.source), packageOf(dependency.resolved)]))
    .filter(([from, to]) => to !== undefined && from !== to);
  return {
    modules: new Set(own.map((module) => module.source)),
    crossings: crossings.length,
    violations: result.summary.violations.map((violation) => `${violation.rule.name}: ${violation.from} -> ${violation.to}`),
  };
}

/** The layer rule over this tree. It fails as well when a source file was not looked at or no import between packages was followed. */
export async function layers(): Promise<Outcome> {
  const expected = (await sourceFiles()).filter((file) => packageOf(file) !== undefined && /\.tsx?$/.test(file));
  const seen = await cruiseLayers(ROOT, [...new Set(expected.map((file) => file.replace(/\/.*/, '')))]);
  const missed = expected.filter((file) => !seen.modules.has(file)).map((file) => `not looked at: ${file}`);
  const blind = seen.crossings === 0 ? ['no import from one package into another was followed'] : [];
  const findings = [...seen.violations, ...missed, ...blind];
  const note = `${seen.modules.size} modules, ${seen.crossings} imports between packages`;
  return findings.length === 0 ? passed(note) : failed(`${findings.length} findings in ${note}`, explain(findings));
}

function explain(findings: readonly string[]): string {
  const reasons = LAYER_RULES.filter((rule) => findings.some((finding) => finding.startsWith(`${rule.name ?? ''}: `)));
  return [...findings, '', ...reasons.map((rule) => `${rule.name ?? ''}: ${rule.comment ?? ''}`)].join('\n');
}
