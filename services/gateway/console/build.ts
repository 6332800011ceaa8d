import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build, version as bundlerVersion, type Metafile } from 'esbuild';

const HERE = import.meta.dirname;

/** Where the built console lies: `index.html`, and beside it what the page loads, under names that change with the content. */
export const CONSOLE_FOLDER = join(HERE, 'dist');

/** Holds what the build was made from, so that an unchanged tree is not built again. */
const STAMP = '.built-from';

/**
 * Builds the web console into `CONSOLE_FOLDER`, unless what lies there was built from the same sources. The page is
 * exchanged when all that it loads is there; what the old one loaded goes last.
 * @returns whether it was built
 */
export async function buildConsole(): Promise<boolean> {
  const source = sourceDigest();
  const stamp = join(CONSOLE_FOLDER, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === source) return false;
  const { page, files } = await bundle();
  mkdirSync(join(CONSOLE_FOLDER, 'assets'), { recursive: true });
  for (const [name, content] of [...files, ['index.html', page] as const]) put(name, content);
  for (const name of readdirSync(join(CONSOLE_FOLDER, 'assets'))) if (!files.has(`assets/${name}`)) rmSync(join(CONSOLE_FOLDER, 'assets', name), { force: true });
  put(STAMP, source);
  return true;
}

/** Writes a file whole or not at all, also when another process writes the same. */
function put(name: string, content: Uint8Array | string): void {
  const file = join(CONSOLE_FOLDER, name);
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, content);
  renameSync(fresh, file);
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

interface Built {
  readonly page: string;
  /** What the page loads, by name within the folder. */
  readonly files: ReadonlyMap<string, Uint8Array | string>;
}

/** Bundles scripts and styles, and writes the page that names them. */
async function bundle(): Promise<Built> {
  const { metafile, outputFiles } = await build({
    entryPoints: [join(HERE, 'src/main.tsx')],
    outdir: CONSOLE_FOLDER,
    entryNames: 'assets/[name]-[hash]',
    bundle: true,
    write: false,
    minify: true,
    sourcemap: 'linked',
    format: 'esm',
    target: 'es2023',
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // What the type check is told lies outside what an image is built from.
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    metafile: true,
    absWorkingDir: HERE,
    logLevel: 'warning',
  });
  const icon = readFileSync(join(HERE, 'icon.svg'));
  const iconName = `assets/icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8)}.svg`;
  const files = new Map<string, Uint8Array | string>(outputFiles.map(({ path, contents }) => [`assets/${basename(path)}`, contents]));
  files.set(iconName, icon).set('licenses.txt', licencesOf(metafile));
  const named = (ending: string): string => {
    const file = [...files.keys()].find((each) => each.endsWith(ending));
    if (file === undefined) throw new Error(`the console was built without a file ${ending}`);
    return file;
  };
  const template = readFileSync(join(HERE, 'index.html'), 'utf8');
  return { page: template.replace('{script}', named('.js')).replace('{style}', named('.css')).replace('{icon}', iconName), files };
}

/** The licences of the packages that are in the bundle, each of which asks to go along. */
function licencesOf({ inputs }: Metafile): string {
  const folders = new Set(Object.keys(inputs).flatMap((file) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []));
  return [...folders].toSorted().map((folder) => {
    const [file] = globSync('{LICENSE,LICENCE,LICENSE.md}', { cwd: join(HERE, folder) });
    if (file === undefined) throw new Error(`${folder} has no licence`);
    return `${basename(dirname(folder)).startsWith('@') ? `${basename(dirname(folder))}/` : ''}${basename(folder)}\n\n${readFileSync(join(HERE, folder, file), 'utf8')}`;
  }).join('\n----\n\n');
}

if (import.meta.main) await buildConsole();
