import { Command } from 'commander';
import { chooseAccount } from '../support/identity.ts';
import { launchBrowser, openContext } from './browser.ts';

/** Takes a picture of a page as somebody sees it: `node bin/run.mjs test/console/screenshot.ts --url URL --as ACCOUNT --out FILE`. */
const options = new Command()
  .requiredOption('--url <url>', 'address of the running product')
  .requiredOption('--as <account>', 'demo account to sign in with')
  .requiredOption('--out <file>', 'PNG file to write')
  .option('--path <path>', 'page to show', '/')
  .option('--width <pixels>', 'width of the window', Number, 1440)
  .option('--height <pixels>', 'height of the picture; the whole page where not given', Number)
  .option('--print', 'as it looks on paper')
  .parse()
  .opts<{
    url: string;
    as: string;
    out: string;
    path: string;
    width: number;
    height?: number;
    print?: boolean;
  }>();

const browser = await launchBrowser();
try {
  const { width, height = 900 } = options;
  const context = await openContext(browser, { viewport: { width, height } });
  const page = await context.newPage();
  if (options.print) await page.emulateMedia({ media: 'print' });
  await page.goto(new URL(`/auth/login?returnTo=${encodeURIComponent(options.path)}`, options.url).href);
  await chooseAccount(page, options.as);
  await page.waitForSelector('h1');
  await page.waitForLoadState('load');
  // Not by a function of the page: its security policy lets no text become script.
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  await page.screenshot({
    path: options.out,
    fullPage: options.height === undefined,
    animations: 'disabled',
  });
} finally {
  await browser.close();
}
