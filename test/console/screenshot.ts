import { Command } from 'commander';
import { launchBrowser, openContext } from './browser.ts';

/** Takes a picture of the whole page: `node bin/run.mjs test/console/screenshot.ts --url URL --out FILE [--width 1440]`. */
const options = new Command()
  .requiredOption('--url <url>', 'address of the page')
  .requiredOption('--out <file>', 'PNG file to write')
  .option('--width <pixels>', 'width of the window', Number, 1440)
  .option('--print', 'as it looks on paper')
  .parse()
  .opts<{ url: string; out: string; width: number; print?: boolean }>();

const browser = await launchBrowser();
try {
  const context = await openContext(browser, { viewport: { width: options.width, height: 900 } });
  const page = await context.newPage();
  if (options.print) await page.emulateMedia({ media: 'print' });
  await page.goto(options.url);
  await page.waitForSelector('#streams');
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  await page.screenshot({ path: options.out, fullPage: true, animations: 'disabled' });
} finally {
  await browser.close();
}
