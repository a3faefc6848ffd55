import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Displacement } from '../../schemas/api/claims.ts';
import { FigureExplanation } from '../../schemas/api/kpi.ts';
import { ChainKpi } from '../../schemas/api/overview.ts';
import { Comparison, SupplierDetail, SupplierFigures } from '../../schemas/api/supplier.ts';
import { ensureConsoleBuilt } from '../../services/console/index.ts';
import { launchBrowser } from '../console/browser.ts';
import { emptyAnswer } from '../console/emptyAnswers.ts';
import { type Answers, FIRM, ORIGIN, openOffline, SESSIONS } from '../console/offline.ts';
import { OUTSIDE, picture, seriousFaults } from '../console/page.ts';
import { testUscc } from '../support/events.ts';

/** Gains and what became of stock in the chain meanwhile, in a browser without servers: the answers are those of the schemas. */

const LEADER = testUscc(8);
const AT = '2025-06-30T15:59:59Z';
const GAIN = `inventory-turns/v1/${FIRM}/improvement`;
const moved: Displacement = {
  ...{ leaderUscc: LEADER, name: '某链主', leader: 0.22, suppliers: -0.18, others: null, chain: -0.03 },
  ...{ unmeasured: 4, figureId: `turns/${LEADER}/chain` },
};
const opened = (figureId: string) =>
  FigureExplanation.parse({
    ...{ figureId, zh: { definition: '变化的口径', formula: '后 ÷ 前 − 1', reason: null } },
    ...{ definition: 'D', formula: 'F', version: 1, unit: 'change', value: 0.12, reason: null },
    ...{ numerator: 112, denominator: 100, window: null, entities: [FIRM], grade: null, sourceClass: null },
    ...{ children: [], eventCount: 0, eventsHash: 'a1'.repeat(16), asOf: AT, knownAt: AT, events: [] },
    ...(figureId === GAIN ? { displacement: [moved] } : {}),
  });

/** @param shown what the reader may see of the chains */
const answersWith =
  (shown: readonly Displacement[]): Answers =>
  (path, route) => {
    const empty = emptyAnswer(path) as object;
    if (path.endsWith('/figures') && path.includes('/suppliers/'))
      return {
        json: SupplierFigures.parse({
          ...{ ...empty, improvement: { inventoryTurns: { value: 0.12, figureId: GAIN } } },
          displacement: shown,
        }),
      };
    if (path.endsWith('/comparison')) return { json: Comparison.parse({ ...empty, displacement: shown }) };
    if (path === '/api/v1/chain-kpis') return { json: ChainKpi.parse({ ...empty, displacement: shown }) };
    if (path === '/api/v1/figures')
      return { json: opened(new URL(route.request().url()).searchParams.get('id') ?? '') };
    return { json: empty ?? {} };
  };

let browser: Browser;
beforeAll(async () => {
  await ensureConsoleBuilt();
  browser = await launchBrowser();
}, 120_000);
afterAll(() => browser.close());

test.each([
  360, 1440,
])('a gain stands with the turns of leader, suppliers and chain, also where it is opened, at %i pixels', async (width) => {
  const { page, context, complaints } = await openOffline(browser, SESSIONS.bureau, answersWith([moved]), {
    width,
  });
  await page.goto(`${ORIGIN}/suppliers/${FIRM}`);
  const meanwhile = page.getByRole('region', { name: '同期全链的库存周转变化' });
  await meanwhile.waitFor();
  expect(await meanwhile.locator('dt').allInnerTexts()).toEqual(['链主', '供应商', '无基线的供应商', '全链']);
  expect(await meanwhile.locator('dd').allInnerTexts()).toEqual(['+22.0%', '-18.0%', '—', '-3.0%']);
  await meanwhile.getByText('“—”表示没有可比的数字').waitFor();
  await meanwhile.getByText('另有 4 家供应商没有报送前后库存').waitFor();
  await meanwhile.getByText('库存可能转移到了供应商').waitFor();
  expect(await page.evaluate(OUTSIDE)).toEqual([]);
  expect(await seriousFaults(page)).toEqual([]);
  await picture(page, `gain-${width}`);
  await page.getByRole('button', { name: '+12.0%' }).click();
  const trail = page.getByRole('dialog');
  await trail.getByText('变化的口径').waitFor();
  expect(await trail.locator('.meanwhile dd').allInnerTexts()).toEqual(['+22.0%', '-18.0%', '—', '-3.0%']);
  expect(await page.evaluate(OUTSIDE)).toEqual([]);
  await picture(page, `gain-opened-${width}`);
  await trail.getByRole('button', { name: '关闭' }).click();
  // Each part opens for who may see whole chains.
  await meanwhile.getByRole('button', { name: '-3.0%' }).click();
  await page.getByText(`turns/${LEADER}/chain`).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('a leader opens its own part alone, reads it beside its chain, and is not warned where the chain gained too', async () => {
  const gained = { ...moved, leaderUscc: FIRM, chain: 0.05, unmeasured: 0, others: 0.01 };
  const { page, context } = await openOffline(browser, SESSIONS.leader, answersWith([gained]), {
    language: 'en',
  });
  await page.goto(`${ORIGIN}/chain`);
  const meanwhile = page.getByRole('region', { name: 'Inventory turns in the chain meanwhile' }).first();
  await meanwhile.getByText('its stock may only have moved along the chain').waitFor();
  expect(await meanwhile.locator('dd').allInnerTexts()).toEqual(['+22.0%', '-18.0%', '+1.0%', '+5.0%']);
  expect(await meanwhile.getByRole('button').allInnerTexts()).toEqual(['+22.0%']);
  expect(
    await meanwhile.getByText(/stock may have moved to the suppliers|nothing to compare|What moved/).count(),
  ).toBe(0);
  await context.close();
});

test('who may see no chain reads a gain by itself', async () => {
  const { page, context } = await openOffline(browser, SESSIONS.supplier, answersWith([]));
  await page.goto(`${ORIGIN}/figures`);
  await page.getByRole('button', { name: '+12.0%' }).waitFor();
  expect(await page.locator('.meanwhile').count()).toBe(0);
  await context.close();
});

const AFTER_GO_LIVE = {
  ...{ kpi: 'inventoryTurns', before: null, after: null, change: null },
  ...{ reason: null, isSuperficial: false },
};
const followed = SupplierDetail.parse({
  ...{ uscc: FIRM, name: '企业', leaders: [], delegates: [], displacement: [], levels: [] },
  onboardings: [
    {
      ...{ workflowId: 'w', programme: 'sme', programmeVersion: '1', platform: 'iip', status: 'ACCEPTED' },
      ...{ followUp: 'DONE', stage: 'ACCEPTED', failureReason: null, nominatedAt: AT, closedAt: AT },
      ...{ nextDueAt: null, steps: [], history: [], stall: [], remedies: [], taken: [], findings: [] },
      outcomes: [
        {
          ...{
            ...AFTER_GO_LIVE,
            windowMonths: 3,
            at: AT,
            verdict: 'gain',
            before: 4,
            after: 4.88,
            change: 0.22,
          },
          displacement: [{ ...moved, asOf: AT, supplierFirms: 6, otherFirms: 5 }],
        },
        { ...AFTER_GO_LIVE, windowMonths: 6, at: AT, verdict: 'no-gain', change: -0.02, isSuperficial: true },
        { ...AFTER_GO_LIVE, windowMonths: 12, at: AT, verdict: 'not-measurable', reason: 'NO_CONTRACT' },
      ],
    },
  ],
});

/** All that is read of a part, on one line. */
const linesOf = async (part: Locator): Promise<string> => (await part.innerText()).replaceAll(/\s+/g, ' ');

test.each([
  360, 1440,
])('what was measured after go-live stands with what became of the chain’s stock, what is missing and what is form only, at %i pixels', async (width) => {
  const { page, context, complaints } = await openOffline(
    browser,
    SESSIONS.bureau,
    (path, route) =>
      path === `/api/v1/suppliers/${FIRM}` ? { json: followed } : answersWith([moved])(path, route),
    { width },
  );
  await page.goto(`${ORIGIN}/suppliers/${FIRM}`);
  const outcomes = page.getByRole('region', { name: '上线后的成效' });
  await outcomes.waitFor();
  const [gain, none, unmeasured] = await outcomes.getByRole('listitem').all();
  if (gain === undefined || none === undefined || unmeasured === undefined) throw new Error('three windows');
  expect(await linesOf(gain)).toMatch(/上线满 3 个月.*有成效.*\+22\.0% \(4\.00 → 4\.88\)/);
  await gain.getByText('同期全链的库存周转变化').first().click();
  expect(await gain.locator('dd').allInnerTexts()).toEqual(['+22.0%', '-18.0%', '—', '-3.0%']);
  expect(await linesOf(none)).toMatch(/没有成效.*-2\.0%.*可能只在形式上完成/);
  expect(await none.locator('.meanwhile').count()).toBe(0);
  expect(await linesOf(unmeasured)).toMatch(/上线满 12 个月.*无法测量/);
  expect(await linesOf(unmeasured)).not.toContain('NO_CONTRACT');
  expect(await page.evaluate(OUTSIDE)).toEqual([]);
  expect(await seriousFaults(page)).toEqual([]);
  await picture(page, `outcomes-${width}`);
  expect(complaints).toEqual([]);
  await context.close();
});
