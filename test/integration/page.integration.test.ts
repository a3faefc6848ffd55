import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createGateway } from '../../services/gateway/index.ts';
import { type Config, type IdentitySettings, loadConfig } from '../../services/runtime/config.ts';
import { createKafka, ensureBaseTopics, type KafkaClient } from '../../services/runtime/kafka.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { connectMongo, type Mongo } from '../../services/runtime/mongo.ts';
import { connectTemporal, type Temporal } from '../../services/runtime/temporal.ts';
import { launchBrowser, openContext } from '../console/browser.ts';
import { onboardings, seedPage } from '../console/fixture.ts';
import { uniqueName } from '../support/events.ts';
import { chooseAccount, startTestIssuer, type TestIssuer } from '../support/identity.ts';

const logger = createLogger('test', { level: 'silent' });
let config: Config & IdentitySettings;
let issuer: TestIssuer;
let mongo: Mongo;
let kafka: KafkaClient;
let temporal: Temporal;
let app: FastifyInstance;
let url: string;
let browser: Browser;

const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) =>
  console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI));`;

/** What sticks out of the window to the right. */
const OUTSIDE = `[...document.querySelectorAll('body *')]
  .filter((element) => !element.closest('.skip, dialog:not([open])'))
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
  .map((element) => element.tagName + ' ' + element.getAttribute('class'))`;

async function startGateway(port: number): Promise<FastifyInstance> {
  const gateway = await createGateway({ mongo, kafka, temporal, config, logger, now: () => new Date() });
  await gateway.listen({ host: '127.0.0.1', port });
  return gateway;
}

/** A page with whatever it complains of: messages of the console, scripts that break, requests that fail. */
async function open(
  address: string,
  width: number,
): Promise<{ page: Page; complaints: string[]; close(): Promise<void> }> {
  const context = await openContext(browser, { viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${url}/auth/login?returnTo=${encodeURIComponent(address)}`);
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.addInitScript({ content: REPORT_VIOLATIONS });
  await chooseAccount(page, 'operator');
  await page.waitForSelector('.state-live');
  return { page, complaints, close: () => context.close() };
}

const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).first().innerText()).replace(/\s+/g, ' ').trim();

beforeAll(async () => {
  issuer = await startTestIssuer({ operator: { role: 'operator' } });
  const base = loadConfig({
    KAFKA_BROKERS: inject('KAFKA_BROKERS'),
    TEMPORAL_ADDRESS: inject('TEMPORAL_ADDRESS'),
    MONGODB_URI: inject('MONGODB_URI'),
    CHAINLIGHT_CLOCK: 'stream',
  });
  config = { ...base, ...issuer.settings };
  mongo = await connectMongo(config.MONGODB_URI, uniqueName('page'));
  kafka = createKafka(config.KAFKA_BROKERS, uniqueName('page'), logger);
  await ensureBaseTopics(kafka);
  temporal = await connectTemporal(config.TEMPORAL_ADDRESS, config.TEMPORAL_NAMESPACE);
  app = await startGateway(0);
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await app?.close();
  await issuer?.close();
  await mongo?.db.dropDatabase();
  await temporal?.close();
  await kafka?.close();
  await mongo?.close();
});

describe('the page of the bureau', () => {
  test('says what is missing while nothing has arrived, then fills by itself', async () => {
    const { page, complaints, close } = await open('/', 1440);
    expect(await textOf(page, '#targets')).toContain('尚未计算');
    expect(await textOf(page, '#funnel')).toContain('尚无上报');
    expect(await page.locator('.notice').count()).toBe(0);

    await seedPage(mongo.db);
    await page.waitForSelector('#targets .city');
    expect(await textOf(page, '.notice')).toContain('模拟数据');
    expect(complaints).toEqual([]);
    await close();
  });

  test('shows the figures in Chinese', async () => {
    const { page, complaints, close } = await open('/', 1440);
    expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
    expect(await textOf(page, '.time')).toContain('2025/06/30');
    expect(await textOf(page, '.key')).toBe('完成改造 109 目标 240 家 · 45.4%');
    const cities = await page.locator('.city').allInnerTexts();
    expect(cities.map((city) => city.split('\n')[0])).toEqual([
      '云岭市（虚构）',
      '临川港市（虚构）',
      '合肥市',
      '大连市',
      '成都市',
      '苏州市',
    ]);
    expect(cities[0]).toContain('严重滞后');
    expect(cities[1]).toContain('滞后');
    expect(await textOf(page, '.failure')).toBe('不敢转: 资金紧张 诊断 4 28.6%');
    expect(await textOf(page, '[data-key="DIAGNOSED"]')).toContain('退出 4');
    expect(await textOf(page, '.part-leader')).toContain('7.04 51.8');
    expect(await textOf(page, '.chain:nth-child(2) .notice')).toContain('库存可能转移');
    expect(await textOf(page, '.chain:nth-child(3)')).toContain('签约前完整月份不足 4 个');
    expect(await textOf(page, '[data-key="payback-years"]')).toContain('否定');
    expect(await textOf(page, '.verdicts')).toContain('98,412');
    expect(complaints).toEqual([]);
    await close();
  });

  test('shows them in English, by address and by switch, and goes back', async () => {
    const { page, complaints, close } = await open('/?lang=en', 1440);
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    expect(await textOf(page, '.key')).toBe('Firms transformed 109 of a target of 240 · 45.4%');
    expect(await textOf(page, '.city')).toContain('Critical');
    expect(await textOf(page, '[data-key="sichuan-pilots"]')).toContain('Not testable');
    await page.click('[data-language="zh"]');
    expect(new URL(page.url()).searchParams.get('lang')).toBe('zh');
    expect(await textOf(page, '.city')).toContain('严重滞后');
    await page.goBack();
    await page.waitForSelector('html[lang="en"]');
    expect(await textOf(page, '.city')).toContain('Critical');
    expect(complaints).toEqual([]);
    await close();
  });

  test('opens what is behind a figure by keyboard, and gives the focus back', async () => {
    const { page, complaints, close } = await open('/?lang=en', 1440);
    const figure = page.locator('[data-figure="target/519001"]');
    await figure.focus();
    await page.keyboard.press('Enter');
    expect(await textOf(page, 'dialog[open] .figure-id')).toBe('target/519001');
    expect(await textOf(page, 'dialog[open] .command')).toContain(
      'npm run --silent cli -- explain target/519001',
    );
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog[open]').count()).toBe(0);
    expect(await page.locator(':focus').getAttribute('data-figure')).toBe(
      await figure.getAttribute('data-figure'),
    );
    expect(complaints).toEqual([]);
    await close();
  });

  test('shows a change without a reload, and takes neither focus nor place nor what is open', async () => {
    const { page, complaints, close } = await open('/', 1440);
    await page.evaluate(`document.body.setAttribute('data-loaded', 'once')`);
    const reason = page.locator('[data-key="payback-years"] details');
    await reason.locator('summary').click();
    const figure = page.locator('[data-figure="target/320500"]');
    await figure.focus();
    const placeBefore = await page.evaluate('scrollY');

    // The city that was first in the list goes far enough to change places with others.
    await mongo.db
      .collection<{ _id: string; cities: unknown[] }>('summaries')
      .updateOne({ _id: 'targets' }, { $set: { 'cities.4.done': 12 } });
    await mongo.db
      .collection<{ _id: string }>('onboardings')
      .updateOne({ _id: onboardings[0]!._id }, { $set: { status: 'ACTIVE', stage: 'LIVE' } });
    await page.waitForSelector('[data-figure="target/519001"][data-shown="12 / 30"]');

    expect(await textOf(page, '.key')).toContain('117');
    expect(await textOf(page, '.city')).toContain('临川港市（虚构）');
    expect(await page.getAttribute('body', 'data-loaded')).toBe('once');
    expect(await page.locator(':focus').getAttribute('data-figure')).toBe(
      await figure.getAttribute('data-figure'),
    );
    expect(await reason.getAttribute('open')).not.toBeNull();
    expect(await page.evaluate('scrollY')).toBe(placeBefore);
    expect(complaints).toEqual([]);
    await close();
  });

  test.each([360, 768, 1440])('fits a window of %i pixels in both languages', async (width) => {
    for (const address of ['/', '/?lang=en']) {
      const { page, complaints, close } = await open(address, width);
      await page.locator('.claim-reason').evaluateAll((all) => {
        for (const details of all) details.setAttribute('open', '');
      });
      expect(await page.evaluate(OUTSIDE)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(complaints).toEqual([]);
      await close();
    }
  });

  test('says plainly that it cannot load, and loads when asked again', async () => {
    const { page, close } = await open('/?lang=en', 1440);
    await page.clock.install();
    await page.route('**/api/v1/**', (route) => route.abort());
    await page.reload();
    await page.waitForSelector('.state-failed');
    expect(await textOf(page, 'main')).toContain('The data cannot be loaded now');
    // With its clock stopped the page does not try again by itself.
    await page.clock.pauseAt(Date.now() + 3_600_000);
    await page.unroute('**/api/v1/**');
    await page.locator('[data-retry]').press('Enter');
    await page.clock.resume();
    await page.waitForSelector('.state-live');
    expect(await page.locator('.city').count()).toBe(6);
    await close();
  });

  test('says that the connection is lost and keeps what it has, until the service is back', async () => {
    const { page, close } = await open('/?lang=en', 1440);
    const { port } = new URL(url);
    await app.close();
    await page.waitForSelector('.state-broken');
    expect(await textOf(page, '.notice-bad')).toContain('The connection is lost');
    expect(await page.locator('.city').count()).toBe(6);
    app = await startGateway(Number(port));
    await page.waitForSelector('.state-live');
    expect(await page.locator('.notice-bad').count()).toBe(0);
    await close();
  });
});
