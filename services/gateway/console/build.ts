import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, version as bundlerVersion } from 'esbuild';

const HERE = import.meta.dirname;

/** Where the built console lies: `index.html`, and beside it what the page loads, under names that change with the content. */
export const CONSOLE_FOLDER = join(HERE, 'dist');

/** Holds what the build was made from, so that an unchanged tree is not built again. */
const STAMP = '.built-from';

/**
 * Builds the web console into `CONSOLE_FOLDER`, unless what lies there was built from the same sources. A reader of the
 * folder sees the old build or the new one, never half of one.
 * @returns whether it was built
 */
export async function buildConsole(): Promise<boolean> {
  const source = sourceDigest();
  const stamp = join(CONSOLE_FOLDER, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === source) return false;
  const fresh = `${CONSOLE_FOLDER}-${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh);
  try {
    await bundleInto(fresh);
    writeFileSync(join(fresh, STAMP), source);
    put(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return true;
}

/** Exchanges the folders. When another process has just done the same, its build is as good. */
function put(fresh: string): void {
  const old = `${fresh}-old`;
  if (existsSync(CONSOLE_FOLDER)) renameSync(CONSOLE_FOLDER, old);
  try {
    renameSync(fresh, CONSOLE_FOLDER);
  } catch (error) {
    if (!existsSync(join(CONSOLE_FOLDER, STAMP))) throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

/** Everything the build depends on: the console's own files, the exact versions of what they import, and the bundler. */
function sourceDigest(): string {
  const hash = createHash('sha256').update(bundlerVersion);
  const own = globSync(['src/**/*.{ts,tsx,css}', 'build.ts', 'index.html', 'icon.svg'], { cwd: HERE, exclude: (name) => name.endsWith('.test.ts') });
  for (const file of [...own.toSorted(), '../package.json', '../../../libs/places/src/countries.ts']) {
    hash.update(`\0${file}\0`).update(readFileSync(join(HERE, file)));
  }
  return hash.digest('hex');
}

/** Bundles scripts and styles, and writes the page that names them. */
async function bundleInto(folder: string): Promise<void> {
  const { metafile } = await build({
    entryPoints: [join(HERE, 'src/main.tsx')],
    outdir: folder,
    entryNames: 'assets/[name]-[hash]',
    bundle: true,
    minify: true,
    sourcemap: 'linked',
    format: 'esm',
    target: 'es2023',
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // What the type check is told lies outside what an image is built from.
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    legalComments: 'linked',
    metafile: true,
    absWorkingDir: HERE,
    logLevel: 'warning',
  });
  const files = Object.keys(metafile.outputs).map((file) => `assets/${basename(file)}`);
  const named = (ending: string): string => {
    const file = files.find((each) => each.endsWith(ending));
    if (file === undefined) throw new Error(`the console was built without a file ${ending}`);
    return file;
  };
  const icon = readFileSync(join(HERE, 'icon.svg'));
  const iconName = `assets/icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8)}.svg`;
  writeFileSync(join(folder, iconName), icon);
  const page = readFileSync(join(HERE, 'index.html'), 'utf8');
  writeFileSync(join(folder, 'index.html'), page.replace('{script}', named('.js')).replace('{style}', named('.css')).replace('{icon}', iconName));
}

if (import.meta.main) await buildConsole();
