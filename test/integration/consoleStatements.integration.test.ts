import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProgrammeLevel } from '../../schemas/api/levels.ts';
import { SupplierDetail } from '../../schemas/api/supplier.ts';
import { diagnosisCompleted } from '../../schemas/events/onboarding.ts';
import { ensureConsoleBuilt } from '../../services/console/index.ts';
import { launchBrowser } from '../console/browser.ts';
import { emptyAnswer } from '../console/emptyAnswers.ts';
import {
  type Answer,
  FIRM,
  isAllowed,
  ORIGIN,
  openOffline,
  problem,
  SESSIONS,
  sessionOf,
} from '../console/offline.ts';
import { OUTSIDE, picture, seriousFaults } from '../console/page.ts';
import { testUscc } from '../support/events.ts';

/** What raters, auditors and providers state for a firm, in a browser without servers: the answers are those of the schemas. */

let browser: Browser;
beforeAll(async () => {
  await ensureConsoleBuilt();
  browser = await launchBrowser();
}, 120_000);
afterAll(() => browser.close());

/** A supplier's page with one step that waits for somebody. */
const waitingFirm = (step: string, waitingOn: string) =>
  SupplierDetail.parse({
    ...{ uscc: FIRM, name: '企业', leaders: [], delegates: [], displacement: [], levels: [] },
    onboardings: [
      {
        ...{ workflowId: 'w', programme: 'sme', programmeVersion: '1', platform: 'iip', status: 'ACTIVE' },
        ...{ followUp: 'RUNNING', stage: step, failureReason: null, nominatedAt: null },
        ...{ closedAt: null, nextDueAt: null, history: [], outcomes: [], stall: [] },
        ...{ remedies: [], taken: [], findings: [] },
        steps: [
          {
            ...{ step, stage: step, state: 'WAITING_ON', deadline: null },
            ...{ waitingOn, reviewer: null, attempts: [], evidence: [] },
          },
        ],
      },
    ],
  });

test('a provider chooses among the firms that let it act for them, sees what is next for each, and does it in its name', async () => {
  const [own, second] = [testUscc(9), testUscc(8)];
  const provider = sessionOf({ role: 'provider', firms: [own] });
  const session = {
    ...provider,
    delegatedBy: [
      { uscc: FIRM, name: '甲企业', onboardings: 1 },
      { uscc: second, name: '乙企业', onboardings: 1 },
    ],
  };
  const asked: string[] = [];
  const sent: unknown[] = [];
  const refused: string[] = [];
  const { page, context, complaints } = await openOffline(
    browser,
    session,
    (path, route) => {
      const method = route.request().method();
      asked.push(path);
      if (!isAllowed(provider.tenancy, method, path)) refused.push(`${method} ${path}`);
      if (path === `/api/v1/suppliers/${FIRM}`) return { json: waitingFirm('ONSITE_RATED', 'rater') };
      if (path === `/api/v1/suppliers/${second}`)
        return { json: { ...waitingFirm('SELF_ASSESSED', 'supplier'), uscc: second, name: '乙企业' } };
      if (method !== 'POST') return { json: emptyAnswer(path.replace(second, FIRM)) ?? {} };
      sent.push(route.request().postDataJSON());
      return { json: { workflowId: 'w', source: '/system/a', eventId: 'e', duplicate: false } };
    },
    { width: 360 },
  );
  await page.goto(`${ORIGIN}/`);
  await page.getByText('您正在代 甲企业 办理。').waitFor();
  await page.getByText('目前没有需要您做的事。').waitFor();
  await page.getByLabel('选择企业').selectOption('乙企业');
  await page.getByText('您正在代 乙企业 办理。').waitFor();
  await page.getByLabel('得分（0–100）').fill('61.5');
  expect(await page.evaluate(OUTSIDE)).toEqual([]);
  expect(await seriousFaults(page)).toEqual([]);
  await picture(page, 'provider-360');
  await page.getByRole('button', { name: '提交自评' }).click();
  await expect.poll(() => sent).toMatchObject([{ act: 'self-assess', supplierUscc: second, score: 61.5 }]);
  // Its pages stay with the firm, and none asks for what a firm says for itself alone.
  const links = page.getByRole('navigation').getByRole('link');
  expect(await links.allInnerTexts()).toEqual(['我的进度', '我的成效', '证明材料', '数据连接']);
  for (const link of await links.all()) {
    expect(await link.getAttribute('href')).toContain(`firm=${second}`);
    await link.click();
    await page.locator('main h1').first().waitFor();
    await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  }
  expect(asked.filter((path) => path.includes(own))).toEqual([]);
  expect(refused).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();

  const alone = await openOffline(browser, provider, () => ({ json: {} }), { language: 'en' });
  await alone.page.goto(`${ORIGIN}/`);
  await alone.page.getByRole('heading', { name: 'No firm lets you act for it yet', level: 1 }).waitFor();
  await alone.page.getByText(own).waitFor();
  await alone.context.close();
});

test('an auditor records whether contract, invoices and payments agree; nobody else is asked to', async () => {
  const detail = waitingFirm('FINANCE_AUDITED', 'financial-auditor');
  const sent: unknown[] = [];
  const asSomebody = (role: 'auditor' | 'bureau') =>
    openOffline(browser, SESSIONS[role], (path, route) => {
      if (path === `/api/v1/suppliers/${FIRM}`) return { json: detail };
      if (route.request().method() !== 'POST') return { json: emptyAnswer(path) ?? {} };
      sent.push(route.request().postDataJSON());
      return { json: { workflowId: 'w', source: '/system/a', eventId: 'e', duplicate: false } };
    });
  const { page, context, complaints } = await asSomebody('auditor');
  await page.goto(`${ORIGIN}/suppliers/${FIRM}`);
  await page.getByLabel('合同、发票与付款').selectOption('不一致');
  // Without grounds nothing is sent, and the page says so itself.
  await page.getByRole('button', { name: '记录审计结果' }).click();
  await page.getByText('请写明理由，至少 4 个字。').waitFor();
  expect(await page.getByLabel('依据').and(page.locator(':focus')).count()).toBe(1);
  expect(sent).toEqual([]);
  await page.getByLabel('依据').fill('发票与付款不符');
  expect(await page.getByText('请写明理由').count()).toBe(0);
  expect(await seriousFaults(page)).toEqual([]);
  await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'POST'),
    page.getByRole('button', { name: '记录审计结果' }).click(),
  ]);
  expect(sent).toMatchObject([
    {
      ...{ act: 'audit-finance', outcome: 'mismatched', reason: '发票与付款不符' },
      ...{ supplierUscc: FIRM, platform: 'iip', programme: 'sme' },
    },
  ]);
  expect(complaints).toEqual([]);
  await context.close();
  const bureau = await asSomebody('bureau');
  await bureau.page.goto(`${ORIGIN}/suppliers/${FIRM}`);
  await bureau.page.getByText('资金审计').first().waitFor();
  expect(await bureau.page.getByRole('button', { name: '记录审计结果' }).count()).toBe(0);
  await bureau.context.close();
});

const SCENES = [
  '产品设计',
  '营销',
  '生产管控',
  '质量管理',
  '设备管理',
  '安全生产',
  '能耗管理',
  '采购管理',
].concat(['仓储物流', '财务管理', '工艺设计', '售后服务', '计划排程', '人力资源', '协同办公', '决策支持']);

test('a rater hands in its rating on site from a phone; the level follows from the sheet, and sent again it is the same event', async () => {
  const sent: Record<string, unknown>[] = [];
  const outcomes: Answer[] = [
    problem('SERVER_UNREACHABLE', 'Kafka has not acknowledged the events in time; send the same again'),
    {
      status: 403,
      json: {
        ...{ written: 0, refused: 1 },
        receipts: [
          {
            ...{ index: 0, source: '/rater/cq', id: 'x', outcome: 'refused', code: 'NOT_AUTHORISED' },
            ...{ explanation: 'this sign-in does not speak for it', explanationZh: '当前登录不能代表其陈述' },
          },
        ],
      },
    },
    { status: 202, json: { written: 1, refused: 0, receipts: [] } },
  ];
  const asSomebody = (role: 'rater' | 'bureau' | 'auditor') =>
    openOffline(
      browser,
      SESSIONS[role],
      (path, route) => {
        if (path === `/api/v1/suppliers/${FIRM}`) return { json: waitingFirm('ONSITE_RATED', 'rater') };
        if (path !== '/api/v1/events') return { json: emptyAnswer(path) ?? {} };
        sent.push(...route.request().postDataJSON());
        return outcomes.shift();
      },
      { width: 360 },
    );
  const { page, context, complaints } = await asSomebody('rater');
  await page.goto(`${ORIGIN}/suppliers/${FIRM}`);
  const submit = page.getByRole('button', { name: '提交现场评级' });
  await page.getByText('按已填内容为 L0（0 分），还有 19 项未填').waitFor();
  expect(await page.getByLabel('评测指标').inputValue()).toBe('2024');
  // An empty sheet is not sent.
  await submit.click();
  expect(sent).toEqual([]);
  await page.getByLabel('现场评测日期').fill('2025-06-20');
  await page.getByLabel('评级机构统一社会信用代码').fill(testUscc(8));
  for (const [part, points] of Object.entries({ 数字化基础: '20.1', 数字化管理: '12.2', 数字化成效: '10' }))
    await page.getByLabel(part).fill(points);
  for (const [index, scene] of SCENES.entries())
    await page.getByLabel(scene).selectOption(index < 5 ? 'L2' : 'L1');
  await page.getByText('评定结果：L1（42.3 分）').waitFor();
  expect(await page.getByText('达到 L2 的场景 5 个，需要 6 个').count()).toBe(1);
  expect(await page.getByText('最接近的场景：安全生产 L1、').count()).toBe(1);
  // By keyboard alone, as in the rest of the form.
  await page.getByLabel('决策支持').focus();
  await page.keyboard.press('ArrowDown');
  await page.getByText('评定结果：L2（42.3 分）').waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  expect(await page.evaluate(OUTSIDE)).toEqual([]);
  const send = () =>
    Promise.all([
      page.waitForResponse((response) => response.request().method() === 'POST'),
      submit.press('Enter'),
    ]);
  await send();
  await page.getByRole('alert').waitFor();
  await send();
  await page.getByText('当前登录不能代表其陈述').waitFor();
  // Not answered, then sent again: one event. Refused, then sent: another.
  await send();
  await page.getByText('现场评级已提交').waitFor();
  expect(await submit.isDisabled()).toBe(true);
  const [first, again, last] = sent;
  expect(again).toEqual(first);
  expect(last?.id).not.toBe(first?.id);
  expect(first).toMatchObject({
    ...{ type: 'onboarding.level-assessed.v1', source: '/rater/cq', subject: FIRM },
    data: {
      ...{ supplierUscc: FIRM, platform: 'iip', programme: 'sme', assessedOn: '2025-06-20' },
      ...{ raterUscc: testUscc(8), edition: '2024', score: 42.3, level: 2 },
      scenes: { 'product-design': 2, safety: 1, 'decision-support': 2 },
    },
  });
  expect(complaints).toEqual([]);
  await context.close();
  for (const role of ['bureau', 'auditor'] as const) {
    const other = await asSomebody(role);
    await other.page.goto(`${ORIGIN}/suppliers/${FIRM}`);
    await other.page.getByText('现场评级').first().waitFor();
    expect(await other.page.getByRole('button', { name: '提交现场评级' }).count()).toBe(0);
    await other.context.close();
  }
});

test('a rating below what the programme asks for is shown with what is missing, on the firm’s page and to the firm itself', async () => {
  const below = ProgrammeLevel.parse({
    ...{ programme: 'sme', target: 2, at: '2025-06-20T08:00:00Z', edition: '2024', score: 38.5 },
    ...{ level: 2, computed: 1, isBelow: true, nearest: [{ id: 'safety', at: 1 }] },
    lacking: [
      { what: 'score', found: 38.5, needed: 40 },
      { what: 'scenes', found: 5, needed: 6 },
    ],
  });
  const detail = waitingFirm('ACCEPTED', 'bureau');
  const shownTo = async (role: 'bureau' | 'supplier', levels: readonly ProgrammeLevel[], width: number) => {
    const { page, context, complaints } = await openOffline(
      browser,
      SESSIONS[role],
      (path) => ({
        json: path === `/api/v1/suppliers/${FIRM}` ? { ...detail, levels } : (emptyAnswer(path) ?? {}),
      }),
      { width },
    );
    await page.goto(`${ORIGIN}/${role === 'supplier' ? '' : `suppliers/${FIRM}`}`);
    await page.getByText('sme · iip').first().waitFor();
    return { page, context, complaints };
  };
  for (const [role, width] of [
    ['bureau', 1440],
    ['supplier', 360],
  ] as const) {
    const { page, context, complaints } = await shownTo(role, [below], width);
    const notice = page.getByRole('region', { name: '数字化水平' });
    await notice.getByText('现场评级的评分表没有达到本项目要求的 L2').waitFor();
    await notice.getByText('评级机构评为 L2，按其评分表只到 L1').waitFor();
    expect(await notice.locator('li').allInnerTexts()).toEqual([
      '得分 38.5，需要 40',
      '达到 L2 的场景 5 个，需要 6 个',
      '最接近的场景：安全生产 L1',
    ]);
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    expect(await seriousFaults(page)).toEqual([]);
    await picture(page, `level-${role}-${width}`);
    expect(complaints).toEqual([]);
    await context.close();
  }
  const reached = { ...below, computed: 2, isBelow: false, lacking: [], nearest: [] };
  const { page, context } = await shownTo('bureau', [reached], 1440);
  expect(await page.getByRole('region', { name: '数字化水平' }).count()).toBe(0);
  await context.close();
});

test.each([
  360, 1440,
])('a rater hands in the diagnosis of a firm that waits for it, at %i pixels; nobody else is offered the form', async (width) => {
  const sent: Record<string, unknown>[] = [];
  const asSomebody = (role: 'rater' | 'bureau') =>
    openOffline(
      browser,
      SESSIONS[role],
      (path, route) => {
        if (path === `/api/v1/suppliers/${FIRM}`) return { json: waitingFirm('DIAGNOSED', 'rater') };
        if (path !== '/api/v1/events') return { json: emptyAnswer(path) ?? {} };
        sent.push(...route.request().postDataJSON());
        return { status: 202, json: { written: 1, refused: 0, receipts: [] } };
      },
      { width },
    );
  const { page, context, complaints } = await asSomebody('rater');
  await page.goto(`${ORIGIN}/suppliers/${FIRM}`);
  const submit = page.getByRole('button', { name: '提交诊断结果' });
  // An empty form is not sent, nor a score that there is not.
  await submit.click();
  await page.getByLabel('现场诊断日期').fill('2025-02-20');
  await page.getByLabel('诊断等级').selectOption('L1');
  await page.getByLabel('诊断得分').fill('100.5');
  await submit.click();
  expect(sent).toEqual([]);
  await page.getByLabel('诊断得分').fill('31.5');
  expect(await seriousFaults(page)).toEqual([]);
  expect(await page.evaluate(OUTSIDE)).toEqual([]);
  await picture(page, `diagnosis-${width}`);
  await submit.press('Enter');
  await page.getByText('诊断结果已提交').waitFor();
  expect(sent).toMatchObject([
    {
      ...{ type: 'onboarding.diagnosis-completed.v1', source: '/rater/cq', subject: FIRM },
      data: {
        ...{ supplierUscc: FIRM, platform: 'iip', programme: 'sme', diagnosedOn: '2025-02-20' },
        ...{ edition: '2024', score: 31.5, level: 1 },
      },
    },
  ]);
  expect(diagnosisCompleted.data.safeParse(sent[0]?.data).success).toBe(true);
  expect(complaints).toEqual([]);
  await context.close();
  const other = await asSomebody('bureau');
  await other.page.goto(`${ORIGIN}/suppliers/${FIRM}`);
  await other.page.getByText('诊断').first().waitFor();
  expect(await other.page.getByRole('button', { name: '提交诊断结果' }).count()).toBe(0);
  await other.context.close();
});
