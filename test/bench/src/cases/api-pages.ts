import { publishAll } from '../publish.ts';
import { quantile, type Line } from '../statistics.ts';
import type { Bench } from './case.ts';

const STORED = 100_000;
const PER_MESSAGE = 100;
const ANSWERS = 100;
/** The way a person's browser asks: one after the other, slower than any limit on calls. */
const REST_MS = 25;

/** What a browser asks for, with 100,000 updates stored: the page itself and answers of the JSON API. */
export async function apiPages({ node, community: { owner, signIn }, scale }: Bench): Promise<readonly Line[]> {
  const updates = Math.max(1000, STORED * scale);
  await publishAll(owner, updates / PER_MESSAGE, PER_MESSAGE, 64);
  const cookie = await sessionOf(node.http, signIn);
  const lines: Line[] = [];
  for (const [what, path] of [
    ['the page', '/'],
    ['25 updates', '/api/v1/hub/list-updates?purpose=PURPOSE_PLANNING&pageSize=25'],
    ['updates of one series', '/api/v1/hub/list-updates?purpose=PURPOSE_PLANNING&pageSize=25&filter.series=agencies/bench-owner/series/bench-1'],
    ['alerts', '/api/v1/alerts/list-alerts?pageSize=25'],
    ['recommendations', '/api/v1/followup/list-recommendations?pageSize=25'],
  ] as const) {
    const samples = await answers(`${node.http}${path}`, cookie);
    const value = `p50 ${quantile(samples, 0.5).toFixed(1)} p99 ${quantile(samples, 0.99).toFixed(1)} ms`;
    lines.push({ what: `${what} over HTTP, ${updates.toLocaleString('en')} more stored`, value, aim: 'p99 <= 50 ms' });
  }
  return lines;
}

async function sessionOf(http: string, signIn: { readonly actor: string; readonly secret: string }): Promise<string> {
  const response = await fetch(`${http}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: http },
    body: JSON.stringify(signIn),
  });
  if (!response.ok) throw new Error(`the session was refused with ${response.status}`);
  await response.text();
  return response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; ');
}

async function answers(url: string, cookie: string): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let i = 0; i < ANSWERS; i += 1) {
    const start = performance.now();
    const response = await fetch(url, { headers: { cookie, accept: url.includes('/api/') ? 'application/json' : 'text/html' } });
    await response.arrayBuffer();
    samples.push(performance.now() - start);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  return samples;
}
