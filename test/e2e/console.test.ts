import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Corridor } from '@corridor/client';
import { Category, Granularity, type Handling, LegalBasis, OnwardSharing, PersonalDataLevel, Place, PlacePrecision, Purpose, Tlp } from '@corridor/contracts/common/v1/vocabulary';
import { Breakdown, Severity } from '@corridor/contracts/hub/v1/updates';
import { Role } from '@corridor/contracts/registry/v1/resources';
import { buildConsole } from '@corridor/gateway/console';
import { newUuid } from '@corridor/kernel';
import { type ChildNode, startChildNode } from '@corridor/standalone/child-node';
import type { Browser, Cookie } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROWSER, BROWSER_ABSENT, BROWSER_REQUIRED, type Offences, startBrowser, Visit, type VisitOptions } from './browser.ts';

if (BROWSER === undefined) process.stderr.write(`\n${BROWSER_ABSENT}\n\n`);

/** A name that would run, were it taken for more than text. */
const HOSTILE = '<script>window.ran = 1</script><img src="x" onerror="window.ran = 1">';
const SECRET = 'a secret of the tests';
/** Every page that a list leads to; those of one thing are reached from them. */
const PAGES = ['', 'updates', 'series?purpose=PURPOSE_PLANNING', 'alerts', 'alerts/new', 'recommendations', 'contributions', 'access', 'nowhere'] as const;
const ROLES = [Role.ROLE_READER, Role.ROLE_PUBLISHER, Role.ROLE_APPROVER, Role.ROLE_DUTY_OFFICER, Role.ROLE_DATA_PROTECTION_OFFICER, Role.ROLE_ADMINISTRATOR];

it('has a browser to be looked at in, where the machine promises one', () => {
  expect(BROWSER === undefined && BROWSER_REQUIRED, BROWSER_ABSENT).toBe(false);
});

describe.skipIf(BROWSER === undefined)('the console', () => {
  const offences: Offences = { foreign: [], policy: [], thrown: [] };
  let folder: string;
  let node: ChildNode;
  let browser: Browser;
  let secrets: Readonly<Record<string, string>>;
  const connections: Corridor[] = [];
  const visits: Visit[] = [];
  const sessions = new Map<string, readonly Cookie[]>();

  const sdk = (agency: string, actor: string): Corridor => {
    const name = `agencies/${agency}/actors/${actor}`;
    const corridor = connect({ address: node.grpc, credentials: { actor: name, secret: secrets[name] ?? SECRET } });
    connections.push(corridor);
    return corridor;
  };
  const visit = async (options?: VisitOptions): Promise<Visit> => {
    const opened = await Visit.open(browser, node.http, offences, options);
    visits.push(opened);
    return opened;
  };
  /** Somebody at the console; `who` is `agency/actor`. */
  const signedIn = async (who: string): Promise<Visit> => {
    const session = sessions.get(who);
    const opened = await visit(session === undefined ? {} : { session });
    if (session === undefined) await opened.signIn(who, secrets[`agencies/${who.replace('/', '/actors/')}`] ?? SECRET);
    else await opened.isIn();
    sessions.set(who, await opened.session());
    return opened;
  };
  /** A further actor of an agency, with every role but that of the operator. */
  const employ = async (agency: string, actorId: string): Promise<void> => {
    await sdk(agency, 'admin-1').registry.addActor({ agency: `agencies/${agency}`, actor: { actorId, roles: ROLES, secret: SECRET } });
  };
  /** A crisis that the migration agency tells of, and others may see for protection. */
  const tell = async (hazard: string, description: string): Promise<void> => {
    const updateId = newUuid();
    const now = Math.floor(Date.now() / 1000) * 1000;
    const update = {
      updateId,
      replacesVersion: 0,
      place: Place.fromPartial({ country: 'GRC' }),
      period: { start: new Date(now - 3_600_000), end: new Date(now), granularity: Granularity.GRANULARITY_CUSTOM },
      content: {
        $case: 'crisis' as const,
        value: { hazard, severity: Severity.SEVERITY_MINOR, description, people: [], peopleTotal: undefined, sources: [HOSTILE], breakdown: Breakdown.BREAKDOWN_NONE },
      },
    };
    await sdk('migration-agency', 'desk-1').hub.publish({
      series: 'agencies/migration-agency/series/crises',
      category: Category.CATEGORY_CRISIS,
      handling: CRISIS_HANDLING,
      updates: [update],
      seenRevision: undefined,
      maskThreshold: 0,
    });
  };

  beforeAll(async () => {
    await buildConsole();
    folder = mkdtempSync(join(tmpdir(), 'corridor-console-'));
    node = await startChildNode({ folder });
    await node.reported('scenario.played');
    secrets = JSON.parse(readFileSync(join(folder, 'actors.json'), 'utf8'));
    browser = await startBrowser(BROWSER ?? '');
    await employ('migration-agency', 'all-1');
    await employ('early-warning', 'all-1');
  }, 120_000);

  afterAll(async () => {
    for (const opened of visits) await opened.close();
    await browser?.close();
    for (const corridor of connections) corridor.close();
    await node?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  it('shows two agencies two truths', async () => {
    const [partner, origin] = [await signedIn('migration-agency/desk-1'), await signedIn('homeland-authority/desk-1')];
    await partner.go('series?purpose=PURPOSE_PLANNING');
    await origin.go('series?purpose=PURPOSE_EARLY_WARNING');
    const newest = async ({ page }: Visit): Promise<string> => {
      const chart = page.locator('section.series', { hasText: 'Eastern Mediterranean' });
      return (await chart.locator('tbody tr').first().innerText()).replaceAll(/\s+/g, ' ');
    };
    const [seen, withoutOwn] = [await newest(partner), await newest(origin)];
    expect(seen).toMatch(/^December 2025/);
    expect(withoutOwn).toMatch(/^December 2025 [\d,]+ sum of rows shown/);
    expect(withoutOwn).not.toBe(seen);
    await expect.poll(() => origin.page.locator('main').innerText()).toContain('Own nationals never included');
    expect(await partner.page.locator('main').innerText()).not.toContain('Own nationals never included');

    await origin.go('updates?purpose=PURPOSE_EARLY_WARNING');
    expect(await nationalities(origin)).not.toContain('Syrian Arab Republic');
    await partner.go('updates?purpose=PURPOSE_PLANNING');
    expect(await nationalities(partner)).toContain('Syrian Arab Republic');
  }, 60_000);

  it('tells zero, unknown and suppressed apart for eye and ear', async () => {
    const { page, go } = boundOf(await signedIn('migration-agency/desk-1'));
    await go('updates?purpose=PURPOSE_PLANNING');
    await page.locator('select[name=category]').selectOption('CATEGORY_MOVEMENT');
    const hidden = page.locator('.count.suppressed').first();
    await hidden.waitFor({ state: 'attached' });
    expect(await hidden.textContent()).toBe('·suppressed·suppressed: there is a count and it is not shown');
    expect(await page.locator('.legend').innerText()).toBe('Zero is 0. ? means nobody knows. ·suppressed· means there is a count and it is not shown.');
  });

  it('offers what the roles of the actor allow, and nothing else', async () => {
    const sections = async (who: string): Promise<readonly string[]> => (await signedIn(who)).page.locator('nav li').allInnerTexts();
    expect(await sections('homeland-authority/desk-1')).not.toContain('Access');
    expect(await sections('refugee-agency/admin-1')).toEqual(expect.arrayContaining(['Overview', 'Access']));
    expect(await sections('refugee-agency/admin-1')).not.toContain('Updates');
    const reader = await signedIn('migration-agency/approver-1');
    await reader.go('alerts');
    expect(await reader.page.locator('a', { hasText: 'Draft an alert' }).count()).toBe(0);
  }, 60_000);

  it('shows new updates as they are published', async () => {
    const { page, go } = boundOf(await signedIn('harbour-relief/desk-1'));
    await go('updates?purpose=PURPOSE_PROTECTION');
    await page.locator('.live.on').waitFor();
    await tell('landslide', 'A road is cut.');
    await page.locator('article', { hasText: 'landslide' }).waitFor();
    expect(await page.locator('article', { hasText: 'landslide' }).count()).toBe(1);
  });

  it('shows scripts in names and texts as text, and runs none', async () => {
    await tell(HOSTILE, `${HOSTILE} and more`);
    const { page, go } = boundOf(await signedIn('harbour-relief/desk-1'));
    await go('updates?purpose=PURPOSE_PROTECTION');
    await page.locator('article', { hasText: HOSTILE }).first().waitFor();
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  it('lets nobody approve an own draft, and says why; a second person issues it, marked as the exercise that it is', async () => {
    const author = await signedIn('early-warning/all-1');
    await author.go('alerts/new');
    await draft(author, `${HOSTILE} on one day`);
    await author.page.locator('h1', { hasText: HOSTILE }).waitFor();
    expect(await author.page.locator('.banner').allInnerTexts()).toEqual([expect.stringContaining('EXERCISE'), expect.stringContaining('DRAFT')]);
    await author.page.locator('button', { hasText: 'Approve and issue' }).click();
    await author.page.locator('.refused', { hasText: 'A second person has to do this step' }).waitFor();
    expect(await author.page.locator('.refused').innerText()).toContain('FOUR_EYES');

    const approver = await signedIn('early-warning/approver-1');
    await approver.page.goto(author.page.url());
    await approver.page.locator('button', { hasText: 'Approve and issue' }).click();
    await approver.page.locator('.badge', { hasText: 'open' }).first().waitFor();
    expect(await approver.page.locator('.banner').innerText()).toContain('EXERCISE This is an exercise. Nothing of it is happening.');
    expect(await approver.page.evaluate('window.ran')).toBeUndefined();

    await approver.go('alerts');
    expect(await approver.page.locator('article', { hasText: HOSTILE }).count()).toBe(0);
    await approver.page.locator('label', { hasText: 'Also exercises and tests' }).click();
    const item = approver.page.locator('article', { hasText: HOSTILE });
    await item.waitFor();
    expect(await item.getAttribute('class')).toContain('unreal');
    expect(await item.innerText()).toContain('EXERCISE');
  }, 60_000);

  it('marks alarms at the period that raised them, with a way to the alert', async () => {
    const { page, go } = boundOf(await signedIn('migration-agency/desk-1'));
    await go('series?purpose=PURPOSE_EARLY_WARNING');
    const row = page.locator('section.series', { hasText: 'Central Mediterranean' }).locator('tbody tr', { has: page.locator('a') }).first();
    await row.waitFor();
    await row.locator('a').click();
    await page.locator('h2', { hasText: 'Why this alert' }).waitFor();
    expect(await page.locator('main').innerText()).toContain('surge-central-mediterranean');
  });

  it('is used with the keyboard alone: signing in, going to an alert, acknowledging it', async () => {
    const person = await visit();
    const { keyboard } = person.page;
    await person.tabTo('actor');
    await keyboard.type('harbour-relief/duty-1');
    await person.tabTo('secret');
    await keyboard.type(secrets['agencies/harbour-relief/actors/duty-1'] ?? '');
    await keyboard.press('Enter');
    await person.page.locator('nav').waitFor();
    await person.tabTo('Skip to content');
    await keyboard.press('Enter');
    await expect.poll(() => person.page.evaluate('document.activeElement?.id')).toBe('main');
    await person.page.goto('/#/');
    await person.tabTo('Alerts');
    await keyboard.press('Enter');
    await person.page.locator('h1', { hasText: 'Alerts' }).waitFor();
    await expect.poll(() => person.page.evaluate('document.activeElement?.id')).toBe('main');
    const headline = await person.page.locator('article.alert', { hasText: 'overdue' }).last().locator('h3').innerText();
    await person.tabTo(headline);
    await keyboard.press('Enter');
    await person.page.locator('button', { hasText: 'Acknowledge' }).waitFor();
    await person.tabTo('note');
    await keyboard.type('Seen.');
    await person.tabTo('Acknowledge');
    await keyboard.press('Enter');
    await person.page.locator('.badge', { hasText: 'acknowledged, late' }).waitFor();
    expect(await person.page.locator('button', { hasText: 'Acknowledge' }).count()).toBe(0);
  }, 60_000);

  it('follows recommendations: by where they stand, as of a past day, with a report of the own agency', async () => {
    const { page, go } = boundOf(await signedIn('refugee-agency/desk-1'));
    await go('recommendations');
    await page.locator('label', { hasText: 'Only overdue' }).click();
    await page.locator('article', { hasText: 'Agree on one form for referrals' }).waitFor();
    await page.locator('article h3 a').first().click();
    await page.locator('summary', { hasText: 'Report progress' }).click();
    await page.locator('select[name=implementation]').selectOption('IMPLEMENTATION_IN_PROGRESS');
    await page.locator('textarea[name=text]').first().fill(HOSTILE);
    await page.locator('details[open] button[type=submit]').click();
    await page.locator('.thread', { hasText: HOSTILE }).waitFor();
    expect(await page.evaluate('window.ran')).toBeUndefined();
    await page.goto(`${page.url()}?asOf=2020-01-01T00:00:00Z`);
    await page.locator('.refused').waitFor();
    expect(await page.locator('summary', { hasText: 'Report progress' }).count()).toBe(0);
  }, 60_000);

  it('says that a session has ended, and asks to sign in again', async () => {
    const { page, go, forget } = boundOf(await signedIn('migration-agency/desk-1'));
    await go('updates');
    await forget();
    await page.goto('/#/series');
    await page.locator('[role=alert]', { hasText: 'Your session has ended. Please sign in again.' }).waitFor();
    expect(await page.locator('nav').count()).toBe(0);
  });

  it('notices by the clock that its session ends, though nothing is asked of the node', async () => {
    const { page } = await visit();
    await page.clock.install();
    const again = visits.at(-1);
    await again?.signIn('migration-agency/approver-1', secrets['agencies/migration-agency/actors/approver-1'] ?? '');
    await page.clock.fastForward('24:00:00');
    await page.locator('[role=alert]', { hasText: 'Your session has ended' }).waitFor();
    expect(await page.locator('nav').count()).toBe(0);
  });

  it.each([
    ['en', 1280],
    ['en', 360],
    ['ar-JO', 1280],
    ['ar-JO', 360],
  ] as const)('keeps nobody out in %s at %d pixels: axe finds nothing serious on any page', async (language, width) => {
    const person = await visit({ language, width });
    const found = (await person.barriers()).map((barrier) => `sign-in: ${barrier}`);
    await person.signIn('migration-agency/all-1', SECRET);
    const direction = language === 'en' ? 'ltr' : 'rtl';
    expect(await person.page.evaluate('document.documentElement.dir')).toBe(direction);
    const [alert, recommendation] = [await firstOf(person, 'alerts'), await firstOf(person, 'recommendations')];
    for (const path of [...PAGES, alert, recommendation]) {
      await person.go(path);
      found.push(...(await person.barriers()).map((barrier) => `${path}: ${barrier}`));
      if ((await person.overhang()) > 0) found.push(`${path}: is wider than the screen`);
    }
    expect(found).toEqual([]);
  }, 120_000);

  it('speaks the language that its reader chooses, also the next time', async () => {
    const person = await signedIn('migration-agency/desk-1');
    await person.page.locator('.language select').selectOption('ar');
    await person.page.locator('h1', { hasText: 'نظرة عامة' }).waitFor();
    await person.page.reload();
    await person.page.locator('h1', { hasText: 'نظرة عامة' }).waitFor();
    expect(await person.page.evaluate('document.documentElement.lang')).toBe('ar');
  });

  it('asked no other host, and nothing was stopped by the policy or thrown', () => {
    expect(offences).toEqual({ foreign: [], policy: [], thrown: [] });
  });
});

const CRISIS_HANDLING: Handling = {
  tlp: Tlp.TLP_GREEN,
  purposes: [Purpose.PURPOSE_PROTECTION, Purpose.PURPOSE_EARLY_WARNING],
  legalBasis: LegalBasis.LEGAL_BASIS_PUBLIC_INTEREST,
  personalDataLevel: PersonalDataLevel.PERSONAL_DATA_LEVEL_AGGREGATE,
  retentionDays: 30,
  onwardSharing: OnwardSharing.ONWARD_SHARING_WITH_APPROVAL,
  precisionLimit: PlacePrecision.PLACE_PRECISION_ADMIN2,
  namedActors: [],
  communityGroups: ['groups/coastal-task-force'],
  publicityAttestedBy: '',
};

/** A visit by its parts. */
const boundOf = (visit: Visit) => ({ page: visit.page, go: (path: string) => visit.go(path), forget: () => visit.forget() });

/** The nationalities in what a reader is shown. */
async function nationalities({ page }: Visit): Promise<readonly string[]> {
  const shown = page.locator('article tbody th');
  await shown.first().waitFor({ state: 'attached' });
  return shown.allTextContents();
}

/** The first thing that a page lists. */
async function firstOf(person: Visit, path: string): Promise<string> {
  await person.go(path);
  const link = person.page.locator('main article h3 a').first();
  await link.waitFor();
  return (await link.getAttribute('href'))?.replace(/^#\//, '') ?? '';
}

/** Fills the form of a draft: an exercise on the Central Mediterranean route. */
async function draft({ page }: Visit, headline: string): Promise<void> {
  const select = (name: string, value: string): Promise<unknown> => page.locator(`select[name=${name}]`).selectOption(value);
  const fill = (name: string, value: string): Promise<void> => page.locator(`[name=${name}]`).fill(value);
  await select('status', 'CAP_STATUS_EXERCISE');
  await fill('note', 'Exercise Calm Sea');
  await fill('hazard', 'displacement');
  await fill('area', 'central-mediterranean-route');
  await select('category', 'CATEGORY_MOVEMENT');
  await select('severity', 'SEVERITY_SEVERE');
  await select('urgency', 'CAP_URGENCY_EXPECTED');
  await select('certainty', 'CAP_CERTAINTY_LIKELY');
  const now = Date.now();
  await fill('onset', new Date(now).toISOString().slice(0, 16));
  await fill('expires', new Date(now + 86_400_000).toISOString().slice(0, 16));
  await fill('event', 'Exercise');
  await fill('headline', headline);
  await fill('description', 'Many arrivals are played.');
  await select('legalBasis', 'LEGAL_BASIS_NOT_PERSONAL');
  await select('personalData', 'PERSONAL_DATA_LEVEL_NONE');
  await select('onward', 'ONWARD_SHARING_PROHIBITED');
  await select('precision', 'PLACE_PRECISION_ADMIN2');
  await page.locator('button[type=submit]').click();
}
