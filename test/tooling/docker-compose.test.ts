import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { CONSOLE_FOLDER } from '@corridor/gateway/console';
import { CONFIG_VARIABLES } from '@corridor/runtime';
import { CLUSTER_VARIABLES, clusterConfigFrom, SERVICES } from '@corridor/runtime/cluster';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from './command.ts';
import { list, mapping, mappingIn, textOf, texts } from './yaml.testing.ts';

const recipe = textOf('infra/Dockerfile');

/** What the first group of a pattern finds, at least once. */
function found(pattern: RegExp, text: string): readonly string[] {
  const values = [...text.matchAll(pattern)].flatMap(([, value]) => (value === undefined ? [] : [value]));
  expect(values, String(pattern)).not.toEqual([]);
  return values;
}

describe('infra/Dockerfile', () => {
  it('names only files that there are, and that are sent to be built', () => {
    const copied = found(/^COPY (?!--from)(.*) \S+$/gm, recipe).flatMap((sources) => sources.split(' '));
    const started = found(/^ENTRYPOINT \["node", "(.*)"\]$/gm, recipe);
    expect([...copied, ...started].filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    const sent = found(/^!(.*)$/gm, textOf('.dockerignore'));
    expect(copied.filter((file) => !sent.includes(file))).toEqual([]);
  });

  it('carries the built console, and nothing it is built with', () => {
    const [folder = ''] = found(/^COPY --from=console \/corridor\/(\S+) \S+$/gm, recipe);
    expect(folder).toBe(relative(ROOT, CONSOLE_FOLDER));
    expect(recipe).toMatch(/install --prod --no-optional/);
    expect(recipe).toContain('node services/gateway/console/build.ts');
    expect(textOf('.dockerignore')).toContain('**/console/dist*');
  });

  it('sets only variables that a node reads', () => {
    expect(found(/\b(CORRIDOR_[A-Z_]+)=\//g, recipe).filter((name) => !(name in CONFIG_VARIABLES))).toEqual([]);
  });

  it.each(['docker-compose.yml', 'docker-compose.embedded.yml'])('is built by %s with its arguments, on the Node that the tree brings along', (file) => {
    const [argument = ''] = found(/args: \[(.*)\]/g, textOf(file));
    const [major = ''] = found(new RegExp(`^ARG ${argument}=node:(\\d+)-`, 'gm'), recipe);
    expect(found(/"node-linux-\w+": "(\d+)\./g, textOf('package.json'))).toEqual([major, major]);
    expect(found(/dockerfile: (.*)$/gm, textOf(file))).toEqual(['infra/Dockerfile']);
  });
});

describe('docker-compose.embedded.yml', () => {
  const node = mapping(mapping(mappingIn('docker-compose.embedded.yml')['services'])['node']);

  it('sets only variables that a node reads, to the defaults that it has', () => {
    const { CORRIDOR_GRPC: grpc, CORRIDOR_HTTP: http } = CONFIG_VARIABLES;
    expect(node['environment']).toEqual({ CORRIDOR_GRPC: `\${CORRIDOR_GRPC:-${grpc}}`, CORRIDOR_HTTP: `\${CORRIDOR_HTTP:-${http}}` });
  });

  it('keeps the data of the node in the volume', () => {
    expect(node['volumes']).toEqual(found(/CORRIDOR_DATA=(\S+)/g, recipe).map((folder) => `data:${folder}`));
  });

  it('names only commands that there are', () => {
    expect(found(/node (libs\/\S+)/g, textOf('docker-compose.embedded.yml')).filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});

describe('docker-compose.yml', () => {
  const compose = mappingIn('docker-compose.yml');
  const containers = new Map(Object.entries(mapping(compose['services'])).map(([name, container]) => [name, mapping(container)]));
  const of = (name: string) => containers.get(name) ?? expect.fail(`there is no container ${name}`);
  const processes = [...SERVICES, 'gateway'] as const;
  const engines = ['kafka', 'mongodb'] as const;
  const watching = [...containers].flatMap(([name, container]) => (texts(container['profiles']).includes('observability') ? [name] : []));

  const files = mkdtempSync(join(tmpdir(), 'corridor-compose-'));
  afterAll(() => rmSync(files, { recursive: true }));

  it('runs every service from the one image, and the rest from pinned ones', () => {
    expect([...containers.keys()].toSorted()).toEqual([...processes, ...engines, ...watching, 'init'].toSorted());
    for (const name of processes) {
      expect(of(name)['image']).toBe('corridor');
      const main = texts(of(name)['entrypoint'])[1] ?? '';
      expect([main, existsSync(join(ROOT, main))]).toEqual([`services/${name}/src/main.ts`, true]);
    }
    const images = [...engines, ...watching, 'init'].map((name) => of(name)['image']);
    expect(images.filter((image) => !/^[\w./-]+:v?\d+(\.\d+\.\d+)?$/.test(String(image)))).toEqual([]);
    for (const engine of engines) expect(textOf('test/engines/engines.ts')).toContain(`'${String(of(engine)['image'])}'`);
  });

  it.each(processes)('gives %s settings that it reads and takes', (name) => {
    const environment = mapping(of(name)['environment']);
    const own = Object.keys(environment).filter((variable) => !variable.startsWith('OTEL_'));
    expect(own.filter((variable) => !(variable in CLUSTER_VARIABLES))).toEqual([]);
    const settings = own.map((variable) => [variable, valueOf(String(environment[variable]))] as const);
    const { grpc, kafka, services } = clusterConfigFrom(Object.fromEntries(settings));
    expect([grpc.privateNetwork, kafka.connection.sasl?.mechanism, kafka.connection.sasl?.username]).toEqual([true, 'plain', mapping(of('kafka')['environment'])['KAFKA_SUPER_USERS']?.toString().split(/[:;]/)[1]]);
    if (name === 'gateway') expect(services).toEqual(Object.fromEntries(SERVICES.map((service) => [service, [`${service}:50051`]])));
  });

  /** As compose would hand it on, with a file in place of each of a volume. */
  function valueOf(text: string): string {
    const plain = text.replace(/^\$\{\w+:-(.*)\}$/, '$1');
    if (!/^\/(keys|passwords)\//.test(plain)) return plain;
    const file = join(files, basename(plain));
    writeFileSync(file, '0f'.repeat(32), { mode: 0o600 });
    return file;
  }

  it('makes what the files of its volumes are read for', () => {
    const made = found(/^make (\S+) /gm, textOf('infra/make-secrets.sh'));
    const parts = [...containers.values()].map((container) => JSON.stringify([container['environment'], container['entrypoint'], container['healthcheck']]));
    const read = parts.flatMap((part) => [...part.matchAll(/\/(?:keys|passwords)\/[\w.-]+/g)].map(([file]) => file));
    expect([...new Set(read)].toSorted()).toEqual(made.toSorted());
    expect(JSON.stringify(of('kafka')['environment'])).toContain('directory:/passwords:kafka}');
  });

  it('starts in order: secrets, engines, services, and the gateway behind them', () => {
    const waits = (name: string) => Object.fromEntries(Object.entries(mapping(of(name)['depends_on'])).map(([other, how]) => [other, mapping(how)['condition']]));
    const healthy = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'service_healthy']));
    for (const engine of engines) expect(waits(engine)).toEqual({ init: 'service_completed_successfully' });
    for (const service of SERVICES) expect(waits(service)).toEqual(healthy(engines));
    expect(waits('gateway')).toEqual(healthy([...engines, ...SERVICES]));
    for (const name of [...engines, ...processes]) expect(list(mapping(of(name)['healthcheck'])['test'])[0], name).toMatch(/^CMD/);
  });

  it('lets every service be scaled, and is reached from this machine only', () => {
    for (const name of SERVICES) expect([of(name)['ports'], of(name)['container_name']]).toEqual([undefined, undefined]);
    const ports = [...containers.values()].flatMap((container) => texts(container['ports']));
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('has its engines where the command that starts a cluster on this machine looks for them', () => {
    const command = textOf('services/cluster/src/engines.ts');
    const [kafka = ''] = found(/CORRIDOR_KAFKA: '(.*?)'/g, command);
    const [mongodb = ''] = found(/mongodb:\/\/([\d.:]+)\//g, command);
    expect(texts(of('kafka')['ports'])).toContain(`${kafka}:${kafka.split(':')[1] ?? ''}`);
    expect(texts(of('mongodb')['ports'])).toContain(`${mongodb}:${mongodb.split(':')[1] ?? ''}`);
    expect(mapping(of('kafka')['environment'])['KAFKA_ADVERTISED_LISTENERS']).toContain(`MACHINE://${kafka}`);
    expect(found(/USER = '(.*)'/g, command)[0]).toBe(mapping(of('hub')['environment'])['CORRIDOR_KAFKA_USER']);
  });

  it('leaves a container nothing to write to and no rights it has no use for', () => {
    for (const [name, container] of containers) {
      expect([container['cap_drop'], container['security_opt']], name).toEqual([['ALL'], ['no-new-privileges:true']]);
      if (!engines.some((engine) => engine === name)) expect(container['read_only'], name).toBe(true);
    }
    for (const name of processes) expect(of(name)['volumes']).toEqual(['keys:/keys:ro', 'passwords:/passwords:ro']);
    for (const name of [...engines, ...watching]) expect(texts(of(name)['volumes']).filter((volume) => volume.startsWith('keys:'))).toEqual([]);
  });

  it('needs nothing of what watches, and tells it nothing unasked', () => {
    expect(watching).toEqual(['collector', 'jaeger', 'prometheus', 'grafana']);
    for (const name of [...engines, ...processes]) expect(Object.keys(mapping(of(name)['depends_on'])).filter((other) => watching.includes(other))).toEqual([]);
    for (const name of processes) {
      // Without a value: handed on when it is given, and without it nothing is exported.
      expect(mapping(of(name)['environment'])).toHaveProperty('OTEL_EXPORTER_OTLP_ENDPOINT', null);
    }
  });

  it('mounts only files and volumes that there are', () => {
    const sources = [...containers.values()].flatMap((container) => texts(container['volumes']).map((volume) => volume.split(':')[0] ?? ''));
    const volumes = Object.keys(mapping(compose['volumes']));
    expect(sources.filter((source) => (source.startsWith('./') ? !existsSync(join(ROOT, source)) : !volumes.includes(source)))).toEqual([]);
    expect(volumes.filter((volume) => !sources.includes(volume))).toEqual([]);
  });
});
