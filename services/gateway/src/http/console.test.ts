import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../testing/test-gateway.ts';

let folder: string;
let gateway: TestGateway;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'corridor-console-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Corridor</title>');
  writeFileSync(join(folder, 'assets', 'index-abcd1234.js'), 'export {};');
  writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, '.secret'), 'x');
  gateway = await startGateway({ consoleFolder: folder });
});
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true });
});

const page = (path: string) => gateway.anybody.ask(path, { headers: { accept: 'text/html,*/*;q=0.8' } });

describe('the console', () => {
  it('is one page, asked for anew each time, for every address that is no file', async () => {
    for (const path of ['/', '/alerts', '/updates/agencies/relief', '/index.html']) {
      const { status, headers, text } = await page(path);
      expect([status, headers['cache-control'], headers['content-type']]).toEqual([200, 'no-cache', 'text/html; charset=utf-8']);
      expect(text).toContain('<title>Corridor</title>');
    }
  });

  it('has files that are kept for good where their names hold a digest', async () => {
    const script = await gateway.anybody.ask('/assets/index-abcd1234.js');
    expect([script.status, script.headers['content-type'], script.headers['cache-control']]).toEqual([200, 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable']);
    expect((await gateway.anybody.ask('/icon.svg')).headers['cache-control']).toBe('no-cache');
  });

  it.each(['/assets/gone-abcd1234.js', '/api', '/api/v1', '/api/v1/nothing', '/.secret', '/assets/', '/assets'])('has no page at %s', async (path) => {
    expect(await page(path)).toMatchObject({ status: 404, json: { reason: 'NOT_FOUND' } });
  });

  it('gives nothing that lies outside its folder', async () => {
    for (const path of ['/..%2f..%2f..%2fetc%2fpasswd', '/assets/..%2f..%2f..%2fetc%2fpasswd', '/%2e%2e/%2e%2e/etc/passwd', '/..%5c..%5cetc%5cpasswd']) {
      const { text, status } = await page(path);
      expect([400, 404, text.includes('<title>Corridor</title>') ? status : 0]).toContain(status);
      expect(text).not.toContain('root:');
    }
  });

  it('gives its page to those who ask for pages', async () => {
    expect(await gateway.anybody.ask('/alerts', { headers: { accept: 'application/json' } })).toMatchObject({ status: 404, json: { reason: 'NOT_FOUND' } });
    expect(await gateway.anybody.ask('/alerts', { method: 'POST', headers: { accept: 'text/html' }, body: {} })).toMatchObject({ status: 404, json: { reason: 'NOT_FOUND' } });
  });

  it('says plainly when it is not built', async () => {
    const { anybody } = await gateway.again({ consoleFolder: join(folder, 'not-built') });
    const { status, headers, text } = await anybody.ask('/', { headers: { accept: 'text/html' } });
    expect([status, headers['content-type']]).toEqual([404, 'text/plain; charset=utf-8']);
    expect(text).toContain('is not built');
  });
});
