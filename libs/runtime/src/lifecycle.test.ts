import { EventEmitter } from 'node:events';
import { CorridorError } from '@corridor/kernel';
import { describe, expect, it, vi } from 'vitest';
import { endProcess, type Part, run, type Surroundings } from './lifecycle.ts';

class FakeProcess extends EventEmitter implements Surroundings {
  readonly exits: number[] = [];
  seconds = 0;
  uptime(): number {
    return this.seconds;
  }
  exit(code: number): void {
    this.exits.push(code);
  }
}

function node(changes: Readonly<Record<string, Partial<Part>>> = {}) {
  const trail: string[] = [];
  const reports: string[] = [];
  const started = Promise.withResolvers<void>();
  const surroundings = new FakeProcess();
  const part = (name: string): Part => ({
    name,
    start: async () => {
      trail.push(`start ${name}`);
      await changes[name]?.start?.();
    },
    stop: async () => {
      trail.push(`stop ${name}`);
      await changes[name]?.stop?.();
    },
    ...(changes[name]?.ended !== undefined && { ended: changes[name].ended }),
  });
  const code = run(['files', 'hub', 'grpc'].map(part), surroundings, (level, event, facts) => {
    reports.push(JSON.stringify({ level, event, ...facts }));
    if (event === 'node.started') started.resolve();
  });
  return { trail, reports, surroundings, code, started: started.promise };
}

const inOrder = ['start files', 'start hub', 'start grpc'];
const inReverse = ['stop grpc', 'stop hub', 'stop files'];

describe('a node', () => {
  it.each(['SIGINT', 'SIGTERM'])('starts its parts in order, and stops them in reverse on %s', async (signal) => {
    const { trail, surroundings, code, started } = node();
    await started;
    expect(trail).toEqual(inOrder);
    surroundings.emit(signal);
    expect(await code).toBe(0);
    expect(trail).toEqual([...inOrder, ...inReverse]);
    expect([surroundings.exits, surroundings.eventNames()]).toEqual([[], []]);
  });

  it('that fails to start stops what had begun and says why', async () => {
    const error = new CorridorError('DATA_FOLDER_IN_USE', 'the data folder is in use');
    const { trail, reports, code } = node({ hub: { start: () => Promise.reject(error) } });
    expect(await code).toBe(1);
    expect(trail).toEqual(['start files', 'start hub', 'stop hub', 'stop files']);
    expect(reports[0]).toContain('the data folder is in use. Another node runs');
  });

  it('of which a part ends stops the others, says why, and tells by its exit code', async () => {
    const ended = Promise.withResolvers<CorridorError>();
    const { trail, reports, code, started } = node({ hub: { ended: ended.promise } });
    await started;
    ended.resolve(new CorridorError('LOG_FORKED', 'the log does not extend its checkpoint'));
    expect(await code).toBe(1);
    expect(trail).toEqual([...inOrder, ...inReverse]);
    expect(reports.join()).toMatch(/"event":"node.ended".*"part":"hub".*LOG_FORKED.*the log does not extend its checkpoint/);
  });

  it('asked to stop while it starts begins nothing further', async () => {
    const files = Promise.withResolvers<void>();
    const { trail, reports, surroundings, code } = node({ files: { start: () => files.promise } });
    surroundings.emit('SIGTERM');
    files.resolve();
    expect(await code).toBe(0);
    expect(trail).toEqual(['start files', 'stop files']);
    expect(reports.join()).not.toContain('node.started');
  });

  it('asked to stop lets a part finish starting that does so soon', async () => {
    const hub = Promise.withResolvers<void>();
    const { trail, surroundings, code } = node({ hub: { start: () => hub.promise.then(() => void trail.push('started hub')) } });
    await vi.waitFor(() => expect(trail).toContain('start hub'));
    surroundings.emit('SIGTERM');
    await new Promise((resolve) => setImmediate(resolve));
    hub.resolve();
    expect(await code).toBe(0);
    expect(trail).toEqual(['start files', 'start hub', 'started hub', 'stop hub', 'stop files']);
  });

  it('asked to stop while a part waits for what does not answer stops that part', async () => {
    const hub = Promise.withResolvers<void>();
    const stop = () => Promise.resolve(hub.reject(new CorridorError('UNAVAILABLE', 'the node is stopping')));
    const { trail, reports, surroundings, code } = node({ hub: { start: () => hub.promise, stop } });
    await vi.waitFor(() => expect(trail).toContain('start hub'));
    surroundings.emit('SIGTERM');
    expect(await code).toBe(0);
    expect(trail).toEqual(['start files', 'start hub', 'stop hub', 'stop files']);
    expect(reports.join()).not.toContain('failed');
  });

  it('stops all its parts though one fails to stop', async () => {
    const { trail, reports, surroundings, code, started } = node({ hub: { stop: () => Promise.reject(new Error('secret')) } });
    await started;
    surroundings.emit('SIGINT');
    expect(await code).toBe(1);
    expect(trail.slice(3)).toEqual(inReverse);
    expect(reports.join('\n')).toContain('node.stop-failed');
    expect(reports.join('\n')).not.toContain('secret');
  });

  it('ends at once on the same signal once more, and not on one Ctrl-C that comes by several ways', async () => {
    const hub = Promise.withResolvers<void>();
    const { surroundings, code, started } = node({ hub: { stop: () => hub.promise } });
    await started;
    surroundings.emit('SIGINT');
    surroundings.emit('SIGINT');
    surroundings.seconds = 5;
    surroundings.emit('SIGTERM');
    expect(surroundings.exits).toEqual([]);
    surroundings.emit('SIGINT');
    expect(surroundings.exits).toEqual([130]);
    hub.resolve();
    await code;
  });

  it.each(['unhandledRejection', 'uncaughtException'])('ends at once and loudly on an %s, without its message', async (event) => {
    const { reports, surroundings, code, started } = node();
    await started;
    surroundings.emit(event, new Error('secret'));
    expect(surroundings.exits).toEqual([1]);
    expect(reports.at(-1)).toContain('lifecycle.test.ts');
    expect(reports.at(-1)).not.toContain('secret');
    surroundings.emit('SIGINT');
    await code;
  });
});

describe('a process', () => {
  it.each([
    ['with its code when all is closed', () => Promise.resolve(), 0],
    ['with 1 when something cannot be closed', () => Promise.reject(new Error('away')), 1],
    ['with its code when something does not close', () => new Promise<void>(() => {}), 0],
  ])('ends %s', async (_, close, code) => {
    const surroundings = new FakeProcess();
    const told: unknown[] = [];
    await endProcess(surroundings, 0, close, (error) => told.push(error));
    expect(surroundings.exits).toEqual([code]);
    expect(told).toHaveLength(String(close).includes('reject') ? 1 : 0);
  });
});
