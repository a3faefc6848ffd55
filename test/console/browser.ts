import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const browserPackage = dirname(dirname(dirname(require.resolve('@sparticuz/chromium'))));
const fontStyles = require.resolve('@fontsource-variable/noto-sans-sc');

/** The browser that the package carries; needs no system package. */
export async function launchBrowser(): Promise<Browser> {
  const { version } = require(join(browserPackage, 'package.json')) as { version: string };
  const folder = join(tmpdir(), `chainlight-browser-${version}-${userInfo().uid}`);
  await mkdir(folder, { recursive: true });
  return chromium.launch({
    executablePath: await unpackBrowser(folder),
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
  });
}

/**
 * A context in which the Chinese typeface of the font package stands in for an installed one. This browser cannot read
 * packed fonts from the system, so they are handed to it as web fonts of the page's own origin; its security policy holds.
 */
export async function openContext(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  await context.route('**/*.css', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: withTypeface(await response.text()) });
  });
  await context.route('**/files/*.woff2', (route) =>
    route.fulfill({
      path: join(dirname(fontStyles), 'files', basename(new URL(route.request().url()).pathname)),
      contentType: 'font/woff2',
    }),
  );
  return context;
}

const faces = (await readFile(fontStyles, 'utf8')).replaceAll('Noto Sans SC Variable', 'Noto Sans SC');

/** A style sheet with the Chinese typeface. */
export const withTypeface = (styles: string): string => `${faces}\n${styles}`;

async function unpackBrowser(folder: string): Promise<string> {
  const target = join(folder, 'chromium');
  if (existsSync(target)) return target;
  // Written beside and renamed, so that another process never starts half a file.
  const partial = `${target}.${process.pid}`;
  await pipeline(
    createReadStream(join(browserPackage, 'bin', 'chromium.br')),
    createBrotliDecompress(),
    createWriteStream(partial),
  );
  await chmod(partial, 0o755);
  await rename(partial, target);
  return target;
}
