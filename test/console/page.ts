import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { chooseAccount } from '../support/identity.ts';
import { openContext } from './browser.ts';

/** What tests of the console do with a page whatever it shows: arrive at it signed in, look at it, find its faults. */

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) =>
  console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI));`;
/** What sticks out of the window to the right, tables that scroll by themselves left out. */
export const OUTSIDE = `[...document.querySelectorAll('body *')]
  .filter((element) => !element.closest('.skip, .hidden, .table-wrap, .board, .nav'))
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
  .map((element) => element.tagName + ' ' + element.getAttribute('class'))`;

/** Width that is printed on of an A4 sheet with its margins, in CSS pixels. */
const PAPER_WIDTH = 703;
/** What paper should not show, and what it would cut off. */
const PAPER_FAULTS = `[
  ...[...document.querySelectorAll('.top, .no-print, .skip')].filter((element) => element.getClientRects().length > 0),
  ...[...document.querySelectorAll('main *')]
    .filter((element) => !element.closest('.hidden, svg') && element.getBoundingClientRect().right > innerWidth + 0.5),
].map((element) => element.tagName + ' ' + element.getAttribute('class') + ' ' + element.textContent.slice(0, 40))`;

/** Looks at a page as it is printed. */
export async function faultsOnPaper(page: Page, name: string): Promise<unknown> {
  const screen = page.viewportSize();
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: PAPER_WIDTH, height: 1_000 });
  const faults = await page.evaluate(PAPER_FAULTS);
  await picture(page, `${name}-paper`);
  await page.emulateMedia({ media: 'screen' });
  if (screen !== null) await page.setViewportSize(screen);
  return faults;
}

/** A picture of a page to look at, where a folder for them is named. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.CHAINLIGHT_PICTURES;
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

/** What a run measured, beside the pictures: to be read, never asserted. */
export async function note(name: string, measured: object): Promise<void> {
  const folder = process.env.CHAINLIGHT_PICTURES;
  if (folder !== undefined) await writeFile(`${folder}/${name}.json`, JSON.stringify(measured, null, 1));
}

export interface Visit {
  readonly page: Page;
  /** What the page complains of: the console, broken scripts, refused requests. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Signs in as a person does and arrives at the address of the gateway at `url`. */
export async function signIn(
  browser: Browser,
  url: string,
  account: string,
  { address = '/', width = 1440 }: { readonly address?: string; readonly width?: number } = {},
): Promise<Visit> {
  const context = await openContext(browser, { viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${url}/auth/login?returnTo=${encodeURIComponent(address)}`);
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.addInitScript({ content: REPORT_VIOLATIONS });
  await chooseAccount(page, account);
  await page.waitForSelector('.tools .pill-good').catch(async (error: unknown) => {
    const text = await page.locator('body').innerText();
    throw new Error(`not signed in; complaints: ${complaints.join('\n')}; shown: ${text}`, { cause: error });
  });
  return { page, complaints, close: () => context.close() };
}

/** What axe finds serious on a page. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }).then(({ violations }) =>
      violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`,
  )) as string[];
  return found;
}
