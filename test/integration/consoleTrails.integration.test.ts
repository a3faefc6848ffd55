import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EventRecord } from '../../schemas/api/events.ts';
import { Restatements } from '../../schemas/api/figures.ts';
import { Finding } from '../../schemas/api/findings.ts';
import { FigureExplanation } from '../../schemas/api/kpi.ts';
import { Funnel } from '../../schemas/api/onboarding.ts';
import { IntakeHealth, Network, ReceiptList } from '../../schemas/api/overview.ts';
import { ensureConsoleBuilt } from '../../services/console/index.ts';
import { cityRows, claimSection } from '../../services/gateway/domain/summaries.ts';
import { launchBrowser } from '../console/browser.ts';
import { emptyAnswer } from '../console/emptyAnswers.ts';
import { claims, targets } from '../console/fixture.ts';
import { type Answer, FIRM, isAllowed, ORIGIN, openOffline, SESSIONS } from '../console/offline.ts';
import { OUTSIDE, picture, seriousFaults } from '../console/page.ts';
import { foreignWords } from '../console/words.ts';
import { testUscc } from '../support/events.ts';

/** Figures that open, in a browser without servers: the answers are those of the schemas. */

const HASH = 'a1'.repeat(32);
const place = {
  source: `/supplier/${FIRM}/erp`,
  id: 'late-close',
  type: 'inventory.closed.v1',
  time: '2024-04-02T08:00:00Z',
  period: '2024-02',
  topic: 'supplier.reports',
  partition: 3,
  offset: 4711,
  hash: HASH,
};
const event = EventRecord.parse({
  event: { specversion: '1.0', id: place.id, data: { closingStockFen: 12_345 } },
  verdict: 'accepted',
  reason: null,
  ...{ topic: place.topic, partition: 3, offset: 4711, hash: HASH, chainHash: 'b2'.repeat(32) },
  recordedAt: '2024-04-02T08:00:01Z',
  corrections: [],
});
const figure = FigureExplanation.parse({
  figureId: 'asked',
  zh: { definition: '辖区各市计入目标的企业', formula: '完成数之和', reason: null },
  ...{ definition: 'D', formula: 'F', version: 1, unit: 'firms', value: 109, reason: null },
  ...{ numerator: 109, denominator: 240, window: null, entities: [FIRM], grade: null, sourceClass: null },
  ...{ children: ['target/510100'], eventCount: 1, eventsHash: HASH.slice(0, 32) },
  ...{ asOf: place.time, knownAt: place.time, events: [place] },
});
const published = {
  figureId: 'inventory-turns/v1/region:510100/2024-02',
  ...{
    value: 5.1,
    reason: null,
    numerator: 51,
    denominator: 10,
    eventCount: 3,
    eventsHash: HASH.slice(0, 32),
  },
};
const restated = Restatements.parse({
  asOf: place.time,
  restatements: [
    {
      ...{ period: '2024-02', figureId: published.figureId, before: published, causeCount: 1 },
      after: { ...published, value: 7.65 },
      causesBy: 'time',
      cause: [
        {
          ...place,
          identity: `${place.source} ${place.id}`,
          bears: 'report',
          firm: FIRM,
          recordedAt: place.time,
        },
      ],
    },
  ],
});
const stages = [
  {
    ...{ stage: 'DIAGNOSED', entered: 5, done: 2, failed: 1, stalled: 2, predictedToStall: 0 },
    ...{ medianDays: 9, atRisk: 2, shareOfFailures: 1, failureShare: 0.2 },
    numbersAtRisk: [
      { days: 0, atRisk: 5 },
      { days: 30, atRisk: 3 },
    ],
  },
];
const ANSWERS: Readonly<Record<string, unknown>> = {
  cities: { ...cityRows(targets), total: 6, nextCursor: null, items: cityRows(targets).cities },
  chains: { asOf: null, chains: [] },
  claims: claimSection(claims),
  board: {
    ...{ asOf: null, total: 9, byStatus: { ACCEPTED: 4, ACTIVE: 5 } },
    stages: [{ stage: 'DIAGNOSED', open: 5, stalled: 2, rows: [] }],
  },
  funnel: Funnel.parse({
    ...{ asOf: null, countedBy: 'onboarding', stages },
    groups: [
      { key: FIRM, name: null, onboardings: 5, firms: 5, stages, failures: [] },
      { key: testUscc(8), onboardings: 1, firms: 1, stages: [], failures: [], withheld: 'FEWER_THAN_FIVE' },
    ],
    failures: [
      {
        ...{ stage: 'DIAGNOSED', reason: 'UNABLE/NO_STAFF', count: 1, shareOfFailures: 1 },
        cumulativeIncidence: null,
      },
    ],
  }),
  onboardings: { items: [], total: 0, nextCursor: null },
  intake: IntakeHealth.parse({
    partitions: [
      {
        ...{ partition: 0, end: 1_204, committed: 1_204, lag: 0, lastVerdictAt: place.time },
        verdicts: { accepted: 1_200, duplicates: 0, conflicts: 1, rejected: 3, parked: 0 },
      },
      {
        ...{ partition: 1, end: 40, committed: 0, lag: 40, lastVerdictAt: null },
        verdicts: { accepted: 0, duplicates: 0, conflicts: 0, rejected: 0, parked: 0 },
      },
    ],
    ...{
      topics: [],
      refused: { total: 0, byReason: {} },
      parked: 0,
      lastAcceptedAt: place.time,
    },
    verdicts: { accepted: 7, duplicates: 0, conflicts: 0, rejected: 0, parked: 0 },
  }),
  network: Network.parse({
    ...{ leader: FIRM, truncated: false, edges: [{ buyer: FIRM, supplier: testUscc(8) }] },
    nodes: [FIRM, testUscc(8)].map((uscc, tier) => ({ uscc, name: '企业', tier, status: null, stage: null })),
  }),
  'dead-letters': { total: 0, byReason: {}, items: [] },
  receipts: ReceiptList.parse({
    topic: `erp.${FIRM}.receipts`,
    items: [
      {
        ...{ id: `erp.${FIRM}/2/11`, leader: FIRM, topic: `erp.${FIRM}`, partition: 2, sent: true },
        ...{ firstSeq: 11, lastSeq: 18, firstOffset: 20, lastOffset: 27, judgedAt: place.time },
        ...{ accepted: 7, items: [] },
      },
    ],
  }),
  figures: figure,
  events: event,
  publications: { publications: [] },
  restatements: restated,
};
const asked: string[] = [];
const answers = (path: string, url: string): Answer => {
  if (path === '/api/v1/figures') asked.push(new URL(url).searchParams.get('id') ?? '');
  return { json: ANSWERS[path.replace('/api/v1/', '')] };
};

let browser: Browser;
beforeAll(async () => {
  await ensureConsoleBuilt();
  browser = await launchBrowser();
}, 120_000);
afterAll(() => browser.close());

test('every key figure of a bureau opens, down to what an event says and its hash', async () => {
  const { page, context, complaints } = await openOffline(
    browser,
    SESSIONS.bureau,
    (path, route) => answers(path, route.request().url()),
    { language: 'en' },
  );
  await page.goto(`${ORIGIN}/`);
  await page.getByText('Claims confirmed').waitFor();
  const keys = page.locator('.keys .key-value');
  expect(await keys.allInnerTexts()).toEqual(['109', '3', '4', '2', '1']);
  for (const key of await keys.locator('button').all()) {
    await key.click();
    const trail = page.getByRole('dialog');
    await trail.getByText('109 / 240').waitFor();
    await trail.getByRole('button', { name: 'Close', exact: true }).click();
  }
  expect(asked).toEqual([
    ...['targets/done/-', 'targets/behind/-', 'onboardings/ACCEPTED/-', 'onboardings/OVERDUE/-'],
    'claims/confirmed',
  ]);
  await keys.locator('button').first().click();
  await page.getByRole('button', { name: 'late-close' }).click();
  await page.getByText('"closingStockFen": 12345').waitFor();
  expect(await page.getByText(HASH, { exact: true }).count()).toBe(1);
  expect(await page.getByText('supplier.reports · 3 / 4711').count()).toBe(1);
  expect(complaints).toEqual([]);
  await context.close();
});

test('forecasts, shares of endings, the board and intake open too', async () => {
  const { page, context, complaints } = await openOffline(
    browser,
    SESSIONS.bureau,
    (path, route) => answers(path, route.request().url()),
    { language: 'en' },
  );
  asked.length = 0;
  const openAll = async (figures: Locator): Promise<void> => {
    await figures.first().waitFor();
    for (const figure of await figures.all()) {
      await figure.click();
      const trail = page.getByRole('dialog');
      await trail.getByText('109 / 240').waitFor();
      await trail.getByRole('button', { name: 'Close', exact: true }).click();
    }
  };
  await page.goto(`${ORIGIN}/`);
  await openAll(page.getByRole('row').nth(1).locator('td button'));
  await page.goto(`${ORIGIN}/funnel`);
  await openAll(page.locator('.rows .number button'));
  await page.goto(`${ORIGIN}/suppliers?q=parts`);
  await openAll(page.locator('.board button.figure'));
  expect([...new Set(asked)]).toEqual([
    ...['target/510100', 'forecast/510100'],
    ...['onboardings/failed/DIAGNOSED/-/UNABLE/NO_STAFF', 'onboardings/share/DIAGNOSED/-/UNABLE/NO_STAFF'],
    ...['board/open/DIAGNOSED?q=parts', 'board/overdue/DIAGNOSED?q=parts'],
  ]);
  // A group of the funnel opens by its own name; one of too few firms shows its size.
  asked.length = 0;
  await page.goto(`${ORIGIN}/funnel?by=provider`);
  await page.getByText('fewer than five firms, not shown').waitFor();
  await page.getByRole('button', { name: FIRM }).click();
  await page.getByRole('heading', { name: FIRM }).waitFor();
  await page.getByText('Numbers still in the stage').click();
  await page.getByRole('columnheader', { name: 'after 30 days' }).waitFor();
  await page.getByTitle(/Diagnosed Reached/).click();
  await page.getByRole('dialog').getByText('109 / 240').waitFor();
  expect(asked).toEqual([`onboardings/entered/DIAGNOSED/provider:${FIRM}`]);
  expect(await page.evaluate(OUTSIDE)).toEqual([]);
  expect(await seriousFaults(page)).toEqual([]);
  await context.close();

  const own = await openOffline(
    browser,
    SESSIONS.leader,
    (path, route) => answers(path, route.request().url()),
    { language: 'en' },
  );
  asked.length = 0;
  await own.page.goto(`${ORIGIN}/intake`);
  // A partition that stands still shows beside one that gets on.
  const partitions = own.page.getByRole('region', { name: 'Progress by partition' }).locator('tbody tr');
  await partitions.first().waitFor();
  expect((await partitions.allInnerTexts()).map((row) => row.split('\t'))).toEqual([
    ['Partition 0', '1,204', '1,204', '0', '1,200', '4', expect.stringContaining('Apr 2, 2024')],
    ['Partition 1', '0', '40', '40', '0', '0', 'never'],
  ]);
  await picture(own.page, 'intake-1440');
  await own.page.locator('.keys button').first().click();
  await own.page.getByRole('dialog').getByText('109 / 240').waitFor();
  await own.page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
  await own.page.getByRole('button', { name: /7 accepted/ }).click();
  await own.page.getByRole('dialog').getByText('109 / 240').waitFor();
  expect(asked).toEqual([`intake/accepted/${FIRM}`, `intake/accepted/${FIRM}/2/11/18`]);
  expect([...complaints, ...own.complaints]).toEqual([]);
  await own.context.close();
});

test.each([
  ['rater', '供应商', 2],
  ['auditor', '总览', 7],
] as const)('a %s is led to no page that asks for what it may not read', async (role, title, pages) => {
  const refused: string[] = [];
  const { page, context, complaints } = await openOffline(browser, SESSIONS[role], (path, route) => {
    if (!isAllowed(SESSIONS[role].tenancy, route.request().method(), path)) refused.push(path);
    return { json: emptyAnswer(path) ?? {} };
  });
  await page.goto(`${ORIGIN}/`);
  await page.getByRole('heading', { name: title, level: 1 }).waitFor();
  const links = page.getByRole('navigation').getByRole('link');
  expect(await links.count()).toBe(pages);
  for (const link of await links.all()) {
    await link.click();
    await page.locator('main h1').first().waitFor();
    await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  }
  expect(refused).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

const lateClose: Finding = Finding.parse({
  ...{ id: 'LATE_AFTER_CLOSE/a', code: 'LATE_AFTER_CLOSE', severity: 'info', entities: [FIRM] },
  evidence: [
    {
      ...{ onboarding: 'onboarding/p/iip/x', code: 'LATE_AFTER_CLOSE', eventId: `/supplier/${FIRM}/erp a` },
      ...{ type: 'onboarding.training-completed.v1', at: '2023-08-30T17:43:11.000Z' },
    },
  ],
  ...{ state: 'open', isCurrent: true, isOverdue: false, owner: 'bureau:510100' },
  ...{ raisedOn: '2023-08-31', dueOn: '2023-09-30', outcome: null, history: [] },
});

test('what a finding rests on is named in Chinese, and told by day and minute', async () => {
  const { page, context } = await openOffline(browser, SESSIONS.bureau, (path, route) =>
    path === '/api/v1/findings'
      ? { json: { total: 1, items: [lateClose], nextCursor: null } }
      : answers(path, route.request().url()),
  );
  await page.goto(`${ORIGIN}/findings`);
  await page.locator('main button.figure').first().click();
  const facts = page.getByRole('dialog').locator('.rows .facts');
  await facts.first().waitFor();
  for (const name of await facts.locator('dt').allInnerTexts()) expect(name).toMatch(/\p{Script=Han}/u);
  expect(await facts.getByText('2023年8月31日 01:43').count()).toBe(1);
  expect(await facts.getByText('结束后才到的数据').count()).toBe(1);
  await context.close();
});

test.each([
  ['zh', 360, { link: '问题与申诉', text: '说明', reply: '答复', appeal: '申诉', decided: '已办结 · 属实' }],
  [
    'en',
    1440,
    { link: 'Findings', text: 'Text', reply: 'Reply', appeal: 'Appeal', decided: 'Closed · Upheld' },
  ],
] as const)('a firm sees what was found about it, replies, and appeals against the decision, in %s', async (language, width, words) => {
  let finding = lateClose;
  const refused: string[] = [];
  const sent: Record<string, unknown>[] = [];
  const asked: string[] = [];
  const { page, context, complaints } = await openOffline(
    browser,
    { ...SESSIONS.supplier, name: 'Li' },
    (path, route) => {
      const request = route.request();
      if (!isAllowed(SESSIONS.supplier.tenancy, request.method(), path)) refused.push(path);
      if (path === '/api/v1/findings') {
        const query = new URL(request.url()).searchParams;
        asked.push(query.get('supplier') ?? 'any');
        const state = query.get('state') ?? finding.state;
        const items = state === finding.state ? [finding] : [];
        return { json: { total: items.length, items, nextCursor: null } };
      }
      if (path !== '/api/v1/findings/acts') return { json: emptyAnswer(path) ?? {} };
      sent.push(request.postDataJSON());
      finding = { ...finding, state: finding.state === 'closed' ? 'appealed' : 'replied' };
      return { status: 201, json: { source: '/system/findings', id: 'a', confirmed: true } };
    },
    { width, language },
  );
  await page.goto(`${ORIGIN}/`);
  await page.getByRole('link', { name: `${words.link} (1)` }).click();
  const open = () => page.locator('main button.figure').click();
  await open();
  const panel = page.getByRole('dialog');
  // One thing to do, and none of those that decide.
  expect(await panel.locator('select').count()).toBe(0);
  await panel.getByLabel(words.text).fill('2023-08-30');
  expect(await page.evaluate(OUTSIDE)).toEqual([]);
  expect(await seriousFaults(page)).toEqual([]);
  expect(await foreignWords(page, language)).toEqual([]);
  await picture(page, `finding-of-firm-${width}`);
  await panel.getByRole('button', { name: words.reply }).click();
  // Answered, it is no longer counted.
  await page.getByRole('link', { name: words.link, exact: true, includeHidden: true }).waitFor();
  finding = { ...finding, state: 'closed', outcome: 'upheld' };
  await page.reload();
  await open();
  await panel.getByText(words.decided).waitFor();
  await panel.getByLabel(words.text).fill('2023-08-29');
  await panel.getByRole('button', { name: words.appeal }).click();
  await expect.poll(() => sent.length).toBe(2);
  expect(sent).toMatchObject([
    { act: 'replied', findingId: lateClose.id, text: '2023-08-30' },
    { act: 'appealed', findingId: lateClose.id, text: '2023-08-29' },
  ]);
  expect(new Set(asked)).toEqual(new Set([FIRM]));
  expect(refused).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

test('a chart whose place has no size for a while does not break the page', async () => {
  const { page, context, complaints } = await openOffline(browser, SESSIONS.leader, (path, route) =>
    answers(path, route.request().url()),
  );
  await page.goto(`${ORIGIN}/network`);
  const chart = page.locator('.chart');
  await chart.locator('svg').waitFor();
  const resize = (width: string): Promise<unknown> =>
    page.evaluate(`new Promise((done) => {
      document.querySelector('.chart').style.width = '${width}';
      requestAnimationFrame(() => requestAnimationFrame(done));
    })`);
  await resize('0');
  await resize('320px');
  await chart.locator('svg[width="320"]').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('a nomination uploaded again is not sent; the page says since when it stands and what to do where a line differs', async () => {
  const sent: string[] = [];
  const row = {
    uscc: testUscc(8),
    name: '供应商一',
    cityCode: '510100',
    nominatedAt: '2024-03-01T02:00:00Z',
  };
  const refused = {
    ...{ index: 0, source: `/chain/${FIRM}/erp/sap`, id: 'x', outcome: 'refused', code: 'BAD_INPUT' },
    ...{ explanation: 'the city is no city of the plan', explanationZh: '城市不在目标计划中' },
  };
  const { page, context, complaints } = await openOffline(browser, SESSIONS.leader, (path, route) => {
    if (path === '/api/v1/onboardings') return { json: { items: [row], total: 1, nextCursor: null } };
    if (path === '/api/v1/leaders')
      return { json: { leaders: [{ uscc: FIRM, name: '链主', sources: [`/chain/${FIRM}/erp/sap`] }] } };
    if (route.request().method() !== 'POST') return answers(path, route.request().url());
    sent.push(route.request().postData() ?? '');
    return sent.length <= 2
      ? { json: { written: 1, refused: 0, receipts: [] }, status: 202 }
      : { json: { written: 0, refused: 1, receipts: [refused] }, status: 422 };
  });
  await page.goto(`${ORIGIN}/nominate`);
  await page.getByLabel('项目').fill('sme-510100-2024');
  await page.getByLabel('平台').fill('iip');
  const lines = (name: string) => `${testUscc(8)},${name},510100,3670\n${testUscc(9)},新企业,510100,3670`;
  await page.locator('textarea').fill(lines('供应商一'));
  await page.getByRole('button', { name: '提交 (2)' }).click();
  await page.getByText('已于 2024/03/01 提名。').waitFor();
  expect(sent.join()).toContain(testUscc(9));
  expect(sent.join()).not.toContain(testUscc(8));
  expect(await page.getByText('提名不会被覆盖').count()).toBe(0);
  await page.locator('textarea').fill(lines('改名企业'));
  await page.getByRole('button', { name: '提交 (2)' }).click();
  await page
    .getByText(
      `本行的名称与已有提名不同，提名不会被覆盖：请由贵方系统对事件 nominate-sme-510100-2024-iip-${testUscc(8)}`,
    )
    .waitFor();
  // Sent again from the same page, the new firm is the same event, not another under its id.
  const [first, again] = sent.map((body) => JSON.parse(body).at(-1));
  expect(again).toEqual(first);
  // Why a line was refused is said in the reader's language.
  await page.locator('textarea').fill(`${testUscc(10)},又一企业,510100,3670`);
  await page.getByRole('button', { name: '提交 (1)' }).click();
  await page.getByText('城市不在目标计划中').waitFor();
  expect(await page.getByText('the city is no city').count()).toBe(0);
  expect(complaints).toEqual([]);
  await context.close();
});

test('a trail and the grounds of a verdict read Chinese on a page in Chinese', async () => {
  const { page, context } = await openOffline(browser, SESSIONS.bureau, (path, route) =>
    answers(path, route.request().url()),
  );
  await page.goto(`${ORIGIN}/`);
  await page.locator('.keys .key-value button').first().click();
  const trail = page.getByRole('dialog');
  await trail.getByText('辖区各市计入目标的企业').waitFor();
  expect(await trail.getByText('109 家', { exact: true }).count()).toBe(1);
  expect(await trail.getByText(/^[DF]$/).count()).toBe(0);
  await page.goto(`${ORIGIN}/claims`);
  await page.getByText('平均投资回收期4.2年的判断依据').waitFor();
  expect(await page.getByText(/firms with known outlay/).count()).toBe(0);
  await context.close();
});

test('the causes of a restatement open to their events on a phone too', async () => {
  const { page, context, complaints } = await openOffline(
    browser,
    SESSIONS.bureau,
    (path, route) => answers(path, route.request().url()),
    { language: 'en', width: 360 },
  );
  await page.goto(`${ORIGIN}/published`);
  await page.getByRole('button', { name: '1 events' }).click();
  await page.getByText('3 / 4711').waitFor();
  expect(await page.locator(`code[title="${HASH}"]`).count()).toBe(1);
  await page.getByRole('button', { name: 'late-close' }).click();
  await page.getByText('"closingStockFen": 12345').waitFor();
  expect(await page.evaluate(OUTSIDE)).toEqual([]);
  expect(await seriousFaults(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});
