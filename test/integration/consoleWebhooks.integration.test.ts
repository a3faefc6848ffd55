import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  WEBHOOK_MESSAGE_TYPE,
  Webhook,
  WebhookCreated,
  type WebhookDelivery,
  WebhookDeliveryPage,
  WebhookRequest,
} from '../../schemas/api/webhooks.ts';
import { ensureConsoleBuilt } from '../../services/console/index.ts';
import { launchBrowser } from '../console/browser.ts';
import { emptyAnswer } from '../console/emptyAnswers.ts';
import { type Answers, FIRM, ORIGIN, openOffline, problem, SESSIONS, sessionOf } from '../console/offline.ts';
import { OUTSIDE, picture, seriousFaults } from '../console/page.ts';

/** Webhooks of leaders, bureaus and the operator, in a browser without servers: the answers are those of the schemas. */

const SECRET = `whsec_${'k'.repeat(43)}=`;
const AT = '2025-06-30T08:00:00Z';
const idOf = (serial: number): string => `00000000-0000-4000-8000-00000000000${serial}`;
const webhook = (serial: number, changed: Partial<Webhook> = {}): Webhook =>
  Webhook.parse({
    ...{ id: idOf(serial), url: `https://erp.example.cn/hooks/${serial}`, description: '', createdAt: AT },
    ...{ owner: { subject: 'a', name: '采购部', role: 'leader' }, state: 'active', endedBecause: null },
    ...{ waiting: 0, failed: 0, lastDeliveredAt: AT, lastError: null },
    ...changed,
  });
const delivery = (serial: number, changed: Partial<WebhookDelivery> = {}): WebhookDelivery => ({
  ...{ id: `m${serial}`, state: 'delivered', attempts: 1, queuedAt: AT, deliveredAt: AT },
  ...{ nextAttemptAt: null, lastError: null },
  message: {
    ...{
      specversion: '1.0',
      id: `m${serial}`,
      source: '/system/gateway',
      type: WEBHOOK_MESSAGE_TYPE,
      time: AT,
    },
    datacontenttype: 'application/json',
    data: {
      ...{ supplierUscc: FIRM, supplierName: `企业${serial}`, platform: 'iip', programme: 'sme' },
      ...{ stage: 'CONTRACTED', status: 'ACTIVE', failureReason: null, revision: serial },
      before: serial === 1 ? null : { stage: 'PLAN_FILED', status: 'ACTIVE' },
    },
  },
  ...changed,
});

/** A gateway with webhooks that are made, sent again and withdrawn. */
function desk(kept: Webhook[]): { answers: Answers; asked: string[] } {
  const asked: string[] = [];
  const answers: Answers = (path, route) => {
    const method = route.request().method();
    const url = new URL(route.request().url());
    if (!path.startsWith('/api/v1/webhooks')) return { json: emptyAnswer(path) ?? {} };
    const [, id = '', act = ''] = /webhooks\/([^/]+)\/(\w+)/.exec(path) ?? [];
    if (act === 'deliveries') {
      const older = url.searchParams.get('cursor') === 'older';
      return {
        json: WebhookDeliveryPage.parse({
          total: 3,
          nextCursor: older ? null : 'older',
          items: older
            ? [delivery(1)]
            : [
                delivery(3, {
                  ...{ state: 'waiting', deliveredAt: null, nextAttemptAt: AT, attempts: 4 },
                  lastError: 'answered 503',
                }),
                delivery(2),
              ],
        }),
      };
    }
    if (method === 'GET') return { json: { items: kept } };
    const body = route.request().postDataJSON();
    asked.push(`${act} ${JSON.stringify(body)}`);
    const at = kept.findIndex((one) => one.id === id);
    if (act === 'resend') {
      kept[at] = webhook(at + 1, { waiting: 2 });
      return { json: { resent: 2 } };
    }
    if (act === 'withdraw') {
      kept[at] = { ...(kept[at] as Webhook), state: 'ended', endedBecause: 'withdrawn' };
      return { json: kept[at] };
    }
    const { url: receiver, description } = WebhookRequest.parse(body);
    if (!receiver.startsWith('https:')) {
      const refusal = problem('BAD_INPUT', 'url: must begin with https://');
      return { ...refusal, json: { ...(refusal.json as object), detailZh: '接收地址必须以 https:// 开头' } };
    }
    kept.push(webhook(kept.length + 1, { url: receiver, description, lastDeliveredAt: null }));
    return { status: 201, json: WebhookCreated.parse({ ...kept.at(-1), secret: SECRET }) };
  };
  return { answers, asked };
}

let browser: Browser;
beforeAll(async () => {
  await ensureConsoleBuilt();
  browser = await launchBrowser();
}, 120_000);
afterAll(() => browser.close());

async function expectSound(page: Page): Promise<void> {
  expect(await page.evaluate(OUTSIDE)).toEqual([]);
  expect(await seriousFaults(page)).toEqual([]);
}

test.each([
  360, 1440,
])('a leader has an address told, keeps the secret that is shown once, and withdraws it, at %i pixels', async (width) => {
  const { answers, asked } = desk([]);
  const { page, context, complaints } = await openOffline(browser, SESSIONS.leader, answers, { width });
  await page.goto(`${ORIGIN}/`);
  await page.getByRole('link', { name: '状态推送' }).click();
  await page.getByText('还没有推送地址').waitFor();
  await picture(page, `webhooks-empty-${width}`);
  const create = page.getByRole('button', { name: '新建', exact: true });
  // No address is no request.
  await create.click();
  await page.getByLabel('接收地址').fill('http://erp.example.cn/hooks');
  await create.click();
  await page.getByText('接收地址必须以 https:// 开头').waitFor();
  await page.getByLabel('接收地址').fill('https://erp.example.cn/hooks');
  await page.getByLabel('说明').fill('采购系统');
  await create.click();
  const secret = page.getByLabel('签名密钥');
  await secret.waitFor();
  expect(await secret.inputValue()).toBe(SECRET);
  expect(await page.getByLabel('接收地址').inputValue()).toBe('');
  await expectSound(page);
  await picture(page, `webhooks-secret-${width}`);
  await page.getByRole('button', { name: '已存好，收起' }).click();
  await secret.waitFor({ state: 'detached' });
  expect(await page.locator('body').innerHTML()).not.toContain(SECRET);
  const card = page.getByRole('region', { name: 'https://erp.example.cn/hooks' });
  await card.getByText('正常').waitFor();
  await card.getByText('还没有送达过').waitFor();
  expect(await card.getByRole('button', { name: '重新推送未送达的' }).count()).toBe(0);
  await card.getByText('撤销这个地址').click();
  await card.getByRole('button', { name: '确认撤销' }).click();
  await page.getByText('已撤销的（1）').click();
  await card.getByText('已撤销', { exact: true }).waitFor();
  expect(await card.getByText('撤销这个地址').count()).toBe(0);
  await expectSound(page);
  expect(asked.map((line) => line.split(' ')[0])).toEqual(['', '', 'withdraw']);
  expect(asked[1]).toBe(' {"url":"https://erp.example.cn/hooks","description":"采购系统"}');
  expect(complaints).toEqual([]);
  await context.close();
});

test.each([
  360, 1440,
])('what was sent and what was not is looked up page by page, and sent again, at %i pixels', async (width) => {
  const { answers, asked } = desk([
    webhook(1, { failed: 2, lastError: 'answered 503', description: '采购系统' }),
    webhook(2, { state: 'ended', endedBecause: 'gone', failed: 1, lastError: 'answered 410' }),
    webhook(3),
  ]);
  const { page, context, complaints } = await openOffline(browser, SESSIONS.bureau, answers, { width });
  await page.goto(`${ORIGIN}/webhooks`);
  const card = (serial: number) =>
    page.getByRole('region', { name: `https://erp.example.cn/hooks/${serial}` });
  await card(1).getByText('有推送未成功').waitFor();
  await card(1).getByText('接收方返回状态码 503').waitFor();
  await card(2).getByText('接收方返回 410').waitFor();
  await card(3).getByText('正常').waitFor();
  // Whose it is stands there for the operator alone: everybody else sees their own.
  expect(await page.getByText('采购部').count()).toBe(0);
  await expectSound(page);
  await picture(page, `webhooks-${width}`);
  await card(1).getByRole('button', { name: '推送记录' }).click();
  const panel = page.getByRole('dialog');
  await panel.getByText('方案备案 · 进行中 → 签约 · 进行中').first().waitFor();
  expect(await panel.locator('li').count()).toBe(2);
  expect(await panel.locator('li').first().innerText()).toMatch(
    /企业3\s+等待推送[\s\S]+已试 4 次[\s\S]+再试/,
  );
  await panel.getByText('已显示 2 / 3 条').waitFor();
  await panel.getByRole('button', { name: '显示更早的' }).click();
  await panel.getByText('新项目 → 签约 · 进行中').waitFor();
  expect(await panel.getByRole('button', { name: '显示更早的' }).count()).toBe(0);
  await expectSound(page);
  await picture(page, `webhooks-deliveries-${width}`);
  await panel.getByRole('button', { name: '关闭' }).click();
  await card(1).getByRole('button', { name: '重新推送未送达的' }).click();
  await card(1).getByText('已重新排队 2 条').waitFor();
  await card(1).getByText('正常').waitFor();
  expect(asked).toEqual(['resend {}']);
  expect(complaints).toEqual([]);
  await context.close();
});

test('the operator sees whose each address is; who is told nothing is led to no such page', async () => {
  const { answers } = desk([webhook(1)]);
  const operator = await openOffline(browser, sessionOf({ role: 'operator' }), answers, { language: 'en' });
  await operator.page.goto(`${ORIGIN}/webhooks`);
  await operator.page.getByText(/采购部 \(Chain leader\)/).waitFor();
  await operator.context.close();
  for (const role of ['auditor', 'rater', 'supplier'] as const) {
    const { page, context } = await openOffline(browser, SESSIONS[role], answers);
    await page.goto(`${ORIGIN}/`);
    await page.getByRole('navigation').getByRole('link').first().waitFor();
    expect(await page.getByRole('link', { name: '状态推送' }).count(), role).toBe(0);
    await context.close();
  }
});
