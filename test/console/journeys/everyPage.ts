import { expect, test } from 'vitest';
import { OUTSIDE, picture, seriousFaults } from '../page.ts';
import { supplier, url, visit } from '../world.ts';

const OF_A_BUREAU = [
  ...['/', '/funnel', '/suppliers', '/approvals', '/claims', '/findings', '/published', '/samples'],
  ...['/audits', '/webhooks'],
];
/** What is opened on a page that holds more behind a row. */
const OPENED: Readonly<Record<string, readonly string[]>> = {
  '/findings': ['main button.figure'],
};
/** Four English words in a row. */
const ENGLISH = /\b[A-Za-z]+,? [a-z]+,? [a-z]+,? [a-z]+\b/g;
/** Two rows of header, each of a touch target and a gap. */
const HEADER_PX = 112;

/** Every page by itself: its words, its width, what axe finds, and no answer. */
export function everyPage(): void {
  test.each([
    ['supplier', 360],
    ['leader', 1440],
    ['ministry', 360],
    ['ministry', 1440],
  ])('the first page of a %s fits %i pixels', async (account, width) => {
    const { page, close } = await visit(account, '/', width);
    await page.waitForSelector('h1');
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    expect((await page.locator('.top').boundingBox())?.height).toBeLessThanOrEqual(HEADER_PX);
    await picture(page, `first-${account}-${width}`);
    await close();
  });

  test.each([
    ['supplier', 360, ['/', '/figures', '/evidence', '/connection', '/consent', '/invitation']],
    ['leader', 1440, ['/', '/approvals', '/chain', '/network', '/nominate', '/intake', '/webhooks']],
    ['leader', 360, ['/', '/nominate', `/suppliers/${supplier}`]],
    ['ministry', 360, OF_A_BUREAU],
    ['ministry', 1440, OF_A_BUREAU],
  ])('every page of a %s at %i pixels, in Chinese: all its words, nothing outside, no serious fault', async (account, width, paths) => {
    const { page, complaints, close } = await visit(account, '/', width);
    for (const path of paths) {
      await page.goto(`${url}${path}`);
      await page.locator('h1').first().waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      expect(await page.evaluate(OUTSIDE), path).toEqual([]);
      expect(await seriousFaults(page), path).toEqual([]);
      // A text that is missing shows as its key: `nav.home`.
      const shown =
        (await page.locator('body').innerText()).match(/\b[a-z]+[A-Z]?[a-z]*\.[a-zA-Z]+\b/g) ?? [];
      expect(
        shown.filter((word) => !/^(erp|data)\./.test(word)),
        path,
      ).toEqual([]);
      // Comments of people and names apart, nothing on it is an English sentence.
      const english = (await page.locator('body').innerText()).match(ENGLISH) ?? [];
      expect(english, path).toEqual([]);
      for (const open of OPENED[path] ?? []) {
        await page.locator(open).first().click();
        await page.locator('.skeleton').first().waitFor({ state: 'detached' });
        expect(await page.evaluate(OUTSIDE), open).toEqual([]);
        expect((await page.locator('body').innerText()).match(ENGLISH) ?? [], open).toEqual([]);
        await picture(page, `zh-${account}-${width}-${path.slice(1)}-opened`);
      }
      await picture(page, `zh-${account}-${width}-${path.split('/').slice(0, 2).join('') || 'first'}`);
    }
    expect(complaints).toEqual([]);
    await close();
  });

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
