import { existsSync } from 'node:fs';
import axe, { type AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Cookie, type Page } from 'playwright-core';

/** Where Debian and others put the browser. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] as const;

/** The browser of this machine; undefined when it has none. */
export const BROWSER: string | undefined = [process.env['CORRIDOR_BROWSER'] ?? '', ...PLACES].find((path) => path !== '' && existsSync(path));

/** Whether a machine without a browser fails the tests that need one. */
export const BROWSER_REQUIRED = process.env['CORRIDOR_REQUIRE_BROWSER'] === '1';

/** How long a page may take to show what is waited for. */
const PATIENCE_MS = 15_000;

export const BROWSER_ABSENT = '!!! NO BROWSER: the console is not tested. Install Debian’s package chromium, or name one in CORRIDOR_BROWSER.';

/** Starts the browser. Its sandbox does not work for root, who runs containers of CI. */
export const startBrowser = (path: string): Promise<Browser> =>
  chromium.launch({ executablePath: path, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [], handleSIGINT: false, handleSIGTERM: false });

export interface VisitOptions {
  /** BCP 47, as a browser says it. */
  readonly language?: string;
  readonly width?: number;
  /** A session that was opened before: the node takes few attempts to sign in from one address. */
  readonly session?: readonly Cookie[];
}

/** What no page may do, gathered over all visits. */
export interface Offences {
  /** Requests to another host than the node. */
  readonly foreign: string[];
  /** What the content security policy stopped. */
  readonly policy: string[];
  /** What a script threw and nobody caught. */
  readonly thrown: string[];
}

/** The browser of one person, at the node's console. */
export class Visit {
  readonly page: Page;
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
  }

  static async open(browser: Browser, node: string, offences: Offences, { language = 'en', width = 1280, session = [] }: VisitOptions = {}): Promise<Visit> {
    const context = await browser.newContext({ baseURL: node, locale: language, viewport: { width, height: 800 }, reducedMotion: 'reduce' });
    await context.addCookies([...session]);
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.exposeFunction('reportPolicyViolation', (text: string) => void offences.policy.push(text));
    await page.addInitScript("addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => reportPolicyViolation(`${violatedDirective} ${blockedURI} ${sample}`))");
    page.on('request', (request) => {
      if (!request.url().startsWith(`${node}/`)) offences.foreign.push(request.url());
    });
    page.on('pageerror', (error) => offences.thrown.push(error.message));
    await page.goto('/');
    return new Visit(context, page);
  }

  /** Signs in; `who` is `agency/actor`. */
  async signIn(who: string, secret: string): Promise<void> {
    await this.page.locator('input[name=actor]').fill(who);
    await this.page.locator('input[name=secret]').fill(secret);
    await this.page.locator('button[type=submit]').click();
    await this.isIn();
  }

  /** Goes to a page of the console and waits until it shows what it waited for. */
  async go(path: string): Promise<void> {
    await this.page.goto(`/#/${path}`);
    await this.page.locator('main h1').first().waitFor();
    await this.page.locator('.loading').first().waitFor({ state: 'detached' });
  }

  /** The session, for a further visit of the same person. */
  session(): Promise<readonly Cookie[]> {
    return this.#context.cookies();
  }

  /** Resolves when the page has found its session. */
  async isIn(): Promise<void> {
    await this.page.locator('nav').waitFor({ state: 'attached' });
  }

  /** Forgets the session as if it had ended elsewhere. */
  forget(): Promise<void> {
    return this.#context.clearCookies();
  }

  /** Presses Tab until the field of this name, or the link or button of this text, has the focus. */
  async tabTo(wanted: string): Promise<void> {
    for (let presses = 0; presses < 80; presses += 1) {
      await this.page.keyboard.press('Tab');
      const [name, text] = await this.page.evaluate<readonly [string, string]>('[document.activeElement?.getAttribute("name") ?? "", document.activeElement?.textContent?.trim() ?? ""]');
      if (name === wanted || text === wanted) return;
    }
    throw new Error(`the keyboard does not reach ${wanted}`);
  }

  /** What axe finds wrong that keeps people out: one line each. */
  async barriers(): Promise<readonly string[]> {
    // Going from page to page of the console loads nothing anew: half a megabyte of source is read once.
    if (await this.page.evaluate('typeof axe === "undefined"')) await this.page.evaluate(axe.source);
    const { violations }: AxeResults = await this.page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`));
  }

  /** How many pixels the page is wider than the screen. */
  async overhang(): Promise<number> {
    return Number(await this.page.evaluate('document.documentElement.scrollWidth - innerWidth'));
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}
