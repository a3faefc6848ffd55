import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureConsoleBuilt } from '../../services/console/index.ts';
import { launchBrowser } from '../console/browser.ts';
import { emptyAnswer } from '../console/emptyAnswers.ts';
import { type Answers, FIRM, ORIGIN, openOffline, problem, SESSIONS } from '../console/offline.ts';
import { OUTSIDE, picture, seriousFaults } from '../console/page.ts';

/** Every page of every role, while the interface refuses, breaks, or does not answer. */

const DRAW = '0'.repeat(16);
const PAGES = {
  supplier: ['/', '/figures', '/evidence', '/connection', '/findings', '/consent'],
  leader: [
    '/',
    '/approvals',
    '/chain',
    '/network',
    '/nominate',
    '/intake',
    '/webhooks',
    `/suppliers/${FIRM}`,
  ],
  bureau: [
    ...[
      '/',
      '/funnel',
      '/suppliers',
      '/approvals',
      '/claims',
      '/findings',
      '/published',
      '/webhooks',
      '/intake',
    ],
    ...['/samples', `/samples/${DRAW}`, `/samples/${DRAW}/${FIRM}`, '/audits', '/audits/run-1'],
    `/suppliers/${FIRM}`,
  ],
} as const;
type Area = keyof typeof PAGES;
const AREAS = Object.keys(PAGES) as Area[];

interface Failure {
  readonly answers: Answers;
  readonly says: string;
  readonly remedy: string;
  /** On every page; else on the first of each role, since all pages say it through the same pieces. */
  readonly isWalked?: boolean;
}
const FAILURES: Readonly<Record<string, Failure>> = {
  'breaks (500)': {
    answers: () => problem('INTERNAL', 'Something went wrong'),
    isWalked: true,
    says: '服务出了问题。',
    remedy: '请稍后重试',
  },
  'is cut off by a proxy (502, no problem document)': {
    answers: () => ({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
    says: '服务出了问题。',
    remedy: '请稍后重试',
  },
  'refuses (403)': {
    answers: () => problem('FORBIDDEN', 'this sign-in may not read it'),
    says: '当前账号无权查看或操作。',
    remedy: '返回首页',
  },
  'knows nothing of it (404)': {
    answers: () => problem('NOT_FOUND', 'there is none that you may see'),
    says: '没有您可以查看的内容。',
    remedy: '返回首页',
  },
  'cannot be reached': { answers: () => 'abort', says: '服务没有响应。', remedy: '请检查网络' },
};

let browser: Browser;
beforeAll(async () => {
  await ensureConsoleBuilt();
  browser = await launchBrowser();
}, 120_000);
afterAll(() => browser.close());

test.each(AREAS)('every page of the %s stands in the list that is walked here', async (area) => {
  const name = `${area.charAt(0).toUpperCase()}${area.slice(1)}Area`;
  const source = await readFile(`services/console/src/${area}/${name}.tsx`, 'utf8');
  const routes = [...source.matchAll(/<Route\s+path="([^"]+)"/g)].map(([, path = '']) => path);
  expect(routes.length).toBeGreaterThan(3);
  const walked = PAGES[area].map((path) =>
    path.replace(DRAW, ':drawId').replace(FIRM, ':uscc').replace('run-1', ':runId'),
  );
  for (const route of routes.filter((path) => path !== '*')) expect(walked).toContain(route);
});

describe.each(AREAS)('pages of the %s', (area) => {
  test.each(Object.entries(FAILURES))(
    'say what is wrong, what to do, and offer to try again when the interface %s',
    async (name, { answers, says, remedy, isWalked = false }) => {
      const { page, context, complaints } = await openOffline(browser, SESSIONS[area], answers, {
        width: 360,
      });
      await page.clock.install();
      for (const path of isWalked ? PAGES[area] : PAGES[area].slice(0, 1)) {
        await page.goto(`${ORIGIN}${path}`);
        const alert = page.getByRole('alert').first();
        // Attempts that are made without being asked for have their pauses, each part of a page its own.
        await expect
          .poll(
            async () => {
              await page.clock.runFor(2_000);
              return [await alert.count(), await page.locator('.skeleton').count()];
            },
            { timeout: 20_000 },
          )
          .toEqual([1, 0]);
        const shown = await alert.innerText();
        expect(shown, path).toContain(says);
        expect(shown, path).toContain(remedy);
        expect(await alert.getByRole('button', { name: '重试' }).count(), path).toBe(1);
        expect(await page.evaluate(OUTSIDE), path).toEqual([]);
        await picture(
          page,
          `fail-${area}-${name.replace(/\W+/g, '')}-${path.split('/').slice(0, 3).join('_')}`,
        );
      }
      expect(await seriousFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
    120_000,
  );

  test('say that there is nothing yet, on a phone and a desk', async () => {
    const { page, context, complaints } = await openOffline(browser, SESSIONS[area], (path) => {
      const json = emptyAnswer(path);
      return json === null ? problem('NOT_FOUND', 'there is none') : { json };
    });
    for (const path of PAGES[area].filter((one) => !one.includes(DRAW) && !one.includes('run-1'))) {
      await page.goto(`${ORIGIN}${path}`);
      await page.locator('main :is(h1, .state)').first().waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      expect((await page.locator('main').innerText()).trim().length, path).toBeGreaterThan(10);
      expect(await page.getByRole('alert').count(), path).toBe(0);
      // A page that is loaded is looked at in both widths, which is how a phone is turned as well.
      for (const width of [360, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await page.evaluate(OUTSIDE), `${path} at ${width}`).toEqual([]);
        await picture(page, `empty-${area}-${width}-${path.split('/').slice(0, 2).join('_')}`);
      }
    }
    expect(complaints).toEqual([]);
    await context.close();
  }, 120_000);

  test('say that it takes long, then that it took too long, when no answer comes', async () => {
    const { page, context } = await openOffline(browser, SESSIONS[area], () => undefined);
    await page.clock.install();
    for (const path of PAGES[area]) {
      await Promise.all([
        page.waitForRequest((request) => /\/api\/v1\/(?!me$|changes$)/.test(request.url())),
        page.goto(`${ORIGIN}${path}`),
      ]);
      await page.locator('.skeleton').first().waitFor();
      await page.clock.runFor(7_000);
      await page.getByText('载入比平时慢').first().waitFor();
      expect(await page.getByRole('button', { name: '重试' }).count(), path).toBeGreaterThan(0);
      await page.clock.runFor(20_000);
      await page.getByText('服务响应太慢').first().waitFor();
      expect(await page.locator('.skeleton').count(), path).toBe(0);
    }
    await context.close();
  }, 120_000);
});

describe('the stream of changes', () => {
  const changes = `${ORIGIN}/api/v1/changes`;

  test('is asked for again after a proxy answered in its place, and what happened meanwhile is read', async () => {
    let asked = 0;
    let reads = 0;
    const { page, context, complaints } = await openOffline(browser, SESSIONS.supplier, (path) => {
      if (path === `/api/v1/suppliers/${FIRM}`) reads += 1;
      return { json: emptyAnswer(path) };
    });
    await context.route(changes, (route) => {
      asked += 1;
      return asked < 3
        ? route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' })
        : route.fulfill({ contentType: 'text/event-stream', body: 'retry: 60000\n\n' });
    });
    await page.clock.install();
    await page.goto(`${ORIGIN}/`);
    await page.locator('main .state').waitFor();
    expect(reads).toBe(1);
    const pass = async (count: () => number) => {
      await page.clock.runFor(500);
      return count();
    };
    await expect.poll(() => pass(() => asked), { timeout: 20_000 }).toBe(3);
    await expect.poll(() => pass(() => reads), { timeout: 20_000 }).toBe(2);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('tells that the sign-in has ended, though nobody touches the page', async () => {
    const { page, context } = await openOffline(browser, SESSIONS.supplier, (path) => ({
      json: emptyAnswer(path),
    }));
    const ended = problem('UNAUTHENTICATED', 'the session is over');
    let sessions = 0;
    await context.route(`${ORIGIN}/api/v1/me`, (route) => {
      sessions += 1;
      return route.fulfill(sessions === 1 ? { json: SESSIONS.supplier } : ended);
    });
    await context.route(changes, (route) => route.fulfill(ended));
    await page.goto(`${ORIGIN}/`);
    await page.getByRole('heading', { name: '登录', level: 1 }).waitFor();
    await context.close();
  });
});
