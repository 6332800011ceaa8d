import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openApiDocument } from '@corridor/gateway/openapi';
import { REASONS } from '@corridor/kernel';
import { ATTRIBUTES, METRICS, SPANS } from '@corridor/telemetry/names';
import { ROOT, run } from '../command.ts';
import { dashboardFiles } from '../dashboards/index.ts';
import { errorsPage } from './errors-page.ts';
import { telemetryPage } from './telemetry-page.ts';

/** What is generated: files, and folders that hold nothing else. All relative to the root of the repository. */
const GENERATED = ['libs/contracts/src', 'libs/contracts/descriptors.binpb', 'docs/errors.md', 'docs/telemetry.md', 'docs/openapi.json', 'infra/grafana/dashboards'] as const;

async function buf(...args: readonly string[]): Promise<void> {
  const { code, output } = await run('buf', args);
  if (code !== 0) throw new Error(`buf ${args.join(' ')}: ${output}`);
}

/** Writes everything that is generated below `folder`, at the paths it has in the repository. Throws when a generator fails. */
async function generateInto(folder: string): Promise<void> {
  await mkdir(join(folder, 'libs/contracts'), { recursive: true });
  await buf('generate', '--output', folder);
  await buf('build', '--output', join(folder, 'libs/contracts/descriptors.binpb'));
  await mkdir(join(folder, 'docs'), { recursive: true });
  await writeFile(join(folder, 'docs/errors.md'), errorsPage(REASONS));
  await writeFile(join(folder, 'docs/telemetry.md'), telemetryPage({ spans: SPANS, metrics: METRICS, attributes: ATTRIBUTES }));
  const descriptors = await readFile(join(folder, 'libs/contracts/descriptors.binpb'));
  await writeFile(join(folder, 'docs/openapi.json'), `${JSON.stringify(openApiDocument(descriptors), null, 1)}\n`);
  await mkdir(join(folder, 'infra/grafana/dashboards'), { recursive: true });
  for (const [file, text] of dashboardFiles()) await writeFile(join(folder, 'infra/grafana/dashboards', file), text);
}

/** Calls `use` with a folder that holds everything freshly generated, and removes the folder afterwards. */
async function withFresh<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'corridor-generate-'));
  try {
    await generateInto(folder);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A generated file that is not as it should be: `found` or `wanted` is undefined when it is missing or does not belong. */
interface Difference {
  readonly file: string;
  readonly wanted: Buffer | undefined;
  readonly found: Buffer | undefined;
}

async function differences(fresh: string, root: string): Promise<readonly Difference[]> {
  const [expected, present] = await Promise.all([contents(fresh), contents(root)]);
  return [...new Set([...expected.keys(), ...present.keys()])]
    .toSorted()
    .map((file) => ({ file, wanted: expected.get(file), found: present.get(file) }))
    .filter(({ wanted, found }) => wanted === undefined || found === undefined || !wanted.equals(found));
}

/** Writes every generated file that is not as it should be and removes those that do not belong. Returns their paths. */
export function writeGenerated(root: string = ROOT): Promise<readonly string[]> {
  return withFresh(async (fresh) => {
    const changed = await differences(fresh, root);
    for (const { file, wanted } of changed) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await (wanted === undefined ? rm(join(root, file)) : writeFile(join(root, file), wanted));
    }
    return changed.map(({ file }) => file);
  });
}

/** How many generated files there should be, and those that differ, are missing or do not belong, each with the word for it. */
export function compareGenerated(root: string = ROOT): Promise<{ readonly files: number; readonly findings: readonly string[] }> {
  return withFresh(async (fresh) => {
    const word = ({ wanted, found }: Difference): string => (wanted === undefined ? 'not generated' : found === undefined ? 'missing' : 'differs');
    const findings = (await differences(fresh, root)).map((difference) => `${word(difference)}: ${difference.file}`);
    return { files: (await contents(fresh)).size, findings };
  });
}

/** The bytes of every generated file below `root` that is there, by its path. */
async function contents(root: string): Promise<ReadonlyMap<string, Buffer>> {
  const files = await Promise.all(GENERATED.map((path) => filesBelow(root, path)));
  return new Map(await Promise.all(files.flat().map(async (file) => [file, await readFile(join(root, file))] as const)));
}

async function filesBelow(root: string, path: string): Promise<readonly string[]> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const beside = await readdir(join(root, dirname(path)), { withFileTypes: true }).catch(() => []);
  const entry = beside.find((candidate) => candidate.name === name);
  if (entry === undefined) return [];
  if (!entry.isDirectory()) return [path];
  const below = await readdir(join(root, path), { recursive: true, withFileTypes: true });
  return below.filter((found) => found.isFile()).map((found) => join(found.parentPath.slice(root.length + 1), found.name));
}
