import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { OPERATIONS, type OperationId } from '../../schemas/api/operations/index.ts';
import type { Me } from '../../schemas/api/session.ts';
import { ERRORS, type ErrorCode } from '../../schemas/errors.ts';
import type { Tenancy } from '../../schemas/tenancy.ts';
import { ensureConsoleBuilt } from '../../services/console/index.ts';
import { authorise } from '../../services/gateway/domain/policy.ts';
import { testUscc } from '../support/events.ts';
import { openContext, withTypeface } from './browser.ts';

/** The console in a real browser without servers: its files come from the build, its answers from the test. */

export const ORIGIN = 'http://console.test';
/** What an API call is answered with; undefined never answers. */
export interface Answer {
  readonly status?: number;
  readonly json?: unknown;
  readonly contentType?: string;
  readonly body?: string;
}
export type Answers = (path: string, route: Route) => Answer | undefined | 'abort';

/** Somebody signed in with a role. */
export const sessionOf = (tenancy: Tenancy): Me => ({
  subject: 'test',
  name: '测试用户',
  tenancy,
  level: null,
  firms: 'firms' in tenancy ? tenancy.firms.map((uscc) => ({ uscc, name: '测试企业', onboardings: 1 })) : [],
  delegatedBy: [],
  businessTime: '2025-06-30T15:59:59.000Z',
  simulated: false,
});
export const FIRM = testUscc(7);
export const SESSIONS = {
  supplier: sessionOf({ role: 'supplier', firms: [FIRM] }),
  leader: sessionOf({ role: 'leader', firms: [FIRM] }),
  bureau: sessionOf({ role: 'bureau', region: '000000' }),
  auditor: sessionOf({ role: 'financial-auditor', region: '510000' }),
  rater: sessionOf({ role: 'rater', rater: 'cq', region: '510000' }),
} as const;

/** Whether the gateway would let somebody ask this at all. */
export function isAllowed(tenancy: Tenancy, method: string, path: string): boolean {
  const operation = OPERATIONS.find(
    (one) => one.method === method && new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  try {
    authorise(operation?.id as OperationId, { subject: 'test', name: '', tenancy });
    return true;
  } catch {
    return false;
  }
}

/** A refusal as the gateway sends it. */
export const problem = (code: ErrorCode, detail: string): Answer => {
  const { status, title, remedy, retryable } = ERRORS[code];
  return {
    status,
    contentType: 'application/problem+json',
    json: { type: `urn:chainlight:error:${code}`, status, title, detail, code, remedy, retryable },
  };
};

/** A page of the console as somebody sees it who is signed in; nothing leaves the browser. */
export async function openOffline(
  browser: Browser,
  session: Me,
  answers: Answers,
  { width = 1440, language = 'zh' }: { readonly width?: number; readonly language?: 'zh' | 'en' } = {},
): Promise<{ page: Page; context: BrowserContext; complaints: string[] }> {
  const folder = await ensureConsoleBuilt();
  const context = await openContext(browser, {
    viewport: { width, height: 900 },
    reducedMotion: 'reduce',
    baseURL: ORIGIN,
  });
  await context.addInitScript(`localStorage.setItem('chainlight.language', '${language}')`);
  await context.route(`${ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname.startsWith('/api/') || pathname.startsWith('/auth/')) {
      if (pathname === '/api/v1/me') return route.fulfill({ json: session });
      // A stream that stays open cannot be answered here; an empty one is opened again by the browser.
      if (pathname === '/api/v1/changes')
        return route.fulfill({ contentType: 'text/event-stream', body: 'retry: 60000\n\n' });
      const answer = answers(pathname, route);
      if (answer === 'abort') return route.abort();
      return answer === undefined ? undefined : route.fulfill(answer);
    }
    if (pathname.endsWith('.woff2')) return route.fallback();
    const file = join(folder, pathname);
    if (pathname.endsWith('.css'))
      return route.fulfill({
        contentType: 'text/css',
        body: withTypeface(await readFile(file, 'utf8')),
      });
    return route.fulfill({ path: pathname !== '/' && existsSync(file) ? file : join(folder, 'index.html') });
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, context, complaints };
}
