import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { OUTSIDE, picture, seriousFaults } from '../page.ts';
import { foreignWords, LANGUAGES, type Language, speak } from '../words.ts';
import { supplier, visit } from '../world.ts';

const PAGES: Readonly<Record<string, readonly string[]>> = {
  supplier: ['/', '/figures', '/evidence', '/connection', '/findings', '/consent', '/invitation'],
  leader: [
    '/',
    '/approvals',
    '/chain',
    '/network',
    '/nominate',
    '/intake',
    '/webhooks',
    `/suppliers/${supplier}`,
  ],
  rater: ['/', '/funnel', `/suppliers/${supplier}`],
  auditor: [`/suppliers/${supplier}`],
  operator: ['/intake'],
  ministry: [
    ...['/', '/funnel', '/suppliers', '/approvals', '/claims', '/findings', '/published', '/samples'],
    ...['/audits', '/webhooks', `/suppliers/${supplier}`],
  ],
};
/** What is opened on a page that holds more behind a figure or a row; the claims of this world are made up and open in consoleTrails. */
const OPENED: Readonly<Record<string, string>> = {
  '/': '.keys button',
  '/funnel': '.rows .number button',
  '/findings': 'main button.figure',
};
const WIDTHS = [360, 1440];
/** A panel has letters of its own, however large those are of the figure that opens it. */
const PANEL_LETTERS = `(({ fontSize, fontWeight }) => fontSize + ' ' + fontWeight)(
  getComputedStyle(document.querySelector('dialog')))`;
/** Two rows of header, each of a touch target and a gap. */
const HEADER_PX = 112;

const settled = async (page: Page): Promise<void> => {
  await page.locator('h1:not([data-left])').first().waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
};
/** Follows a link of the console to another page, and waits until that stands in place of this one. */
async function go(page: Page, follow: () => Promise<unknown>): Promise<void> {
  await page.evaluate(`document.querySelector('h1').setAttribute('data-left', '')`);
  await follow();
  await settled(page);
}
/** Whoever goes to a page from another one loads nothing anew: scripts, typeface and session are there. */
const within = (page: Page, path: string): Promise<unknown> =>
  page.evaluate(`history.pushState(null, '', '${path}'); dispatchEvent(new PopStateEvent('popstate'))`);

/** A page as it stands: nothing sticks out, and all its words are of its language. */
async function look(page: Page, language: Language, name: string): Promise<void> {
  expect(await page.evaluate(OUTSIDE), name).toEqual([]);
  expect(await foreignWords(page, language), name).toEqual([]);
  await picture(page, name);
}

/** A page in both languages and both widths, and what opens on it; it is left as it was come to. */
async function lookAround(page: Page, name: string, opening: string | undefined): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const language of LANGUAGES) {
      await speak(page, language);
      const here = `${name}-${width}-${language}`;
      await look(page, language, here);
      expect((await page.locator('.top').boundingBox())?.height, here).toBeLessThanOrEqual(HEADER_PX);
      const opener = page.locator(opening ?? 'never').first();
      if (opening === undefined || (await opener.count()) === 0) continue;
      await opener.click();
      await page.locator('dialog .skeleton').first().waitFor({ state: 'detached' });
      await look(page, language, `${here}-opened`);
      expect(await page.evaluate(PANEL_LETTERS), here).toBe('16px 400');
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
    }
    await speak(page, 'zh');
    expect(await seriousFaults(page), name).toEqual([]);
  }
}

/** Every page by itself: its words, its width, what axe finds, and no answer. */
export function everyPage(): void {
  const walk = async (account: string, paths: readonly string[]): Promise<void> => {
    const { page, complaints, close } = await visit(account, paths[0]);
    for (const path of paths) {
      await (path === paths[0] ? settled(page) : go(page, () => within(page, path)));
      const name = `page-${account}-${path.split('/').slice(1).join('-') || 'first'}`;
      await lookAround(page, name, OPENED[path]);
    }
    expect(complaints).toEqual([]);
    await close();
  };
  test.each(Object.entries(PAGES))(
    'every page of a %s, on a phone and a desk, in Chinese and English: all its words, nothing outside, no serious fault',
    walk,
  );

  test('without an answer it says so and offers to try again', async () => {
    const { page, close } = await visit('ministry', '/claims?lang=en');
    await page.route('**/api/v1/claims', (route) => route.abort());
    await page.reload();
    await page.getByRole('alert').waitFor({ timeout: 60_000 });
    await page.unroute('**/api/v1/claims');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Average payback of 4.2 years').waitFor();
    await close();
  });
}
