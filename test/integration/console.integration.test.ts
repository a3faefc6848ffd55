import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { STAGES, workflowIdOf } from '../../schemas/onboarding.ts';
import type { Tenancy } from '../../schemas/tenancy.ts';
import { addMonths, periodOf } from '../../schemas/time.ts';
import { ACTS, erpTopic, PROGRAMME_EVENTS, platformTopic, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { runAudit, storeAuditRun } from '../../services/audit/index.ts';
import { ensureConsoleBuilt } from '../../services/console/index.ts';
import { createGateway } from '../../services/gateway/index.ts';
import { measurementProjector } from '../../services/measurement/index.ts';
import { onboardingsOf } from '../../services/onboarding/index.ts';
import { startOnboarding } from '../../services/onboarding/onboarding.ts';
import { loadConfig } from '../../services/runtime/config.ts';
import { loop } from '../../services/runtime/lifecycle.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import { connectTemporal } from '../../services/runtime/temporal.ts';
import { buildPlatform } from '../../services/simulator/platform/app.ts';
import { launchBrowser, openContext } from '../console/browser.ts';
import { chains, claims, targets } from '../console/fixture.ts';
import { faultsOnPaper, note, OUTSIDE, picture, seriousFaults, signIn, type Visit } from '../console/page.ts';
import { inventoryClosed, LEADER, leaderRegistered, relationDeclared, testUscc } from '../support/events.ts';
import { chooseAccount, startTestIssuer, type TestIssuer } from '../support/identity.ts';
import { onboardingEvents, PLATFORM, PROGRAMME } from '../support/onboardingEvents.ts';
import { auditFactsFrom, PLAIN_AUDIT, scenarioFacts } from '../support/scenarioFacts.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

/** Firms of this run alone: topics outlive a test, workflows too. */
const serial = 100_000 + Math.floor(process.hrtime()[1] % 800_000);
const supplier = testUscc(serial);
const other = testUscc(serial + 1);
const sampled = testUscc(serial + 4);
const stops: (() => Promise<unknown>)[] = [];

let stream: TestStream;
let issuer: TestIssuer;
let app: FastifyInstance;
let browser: Browser;
let url: string;

const TENANCIES: Readonly<Record<string, Tenancy>> = {
  leader: { role: 'leader', firms: [LEADER] },
  bureau: { role: 'bureau', region: '510100' },
  ministry: { role: 'bureau', region: '000000' },
  supplier: { role: 'supplier', firms: [supplier] },
  group: { role: 'supplier', firms: [supplier, other] },
  newcomer: { role: 'supplier', firms: [] },
  mistaken: { role: 'supplier', firms: [] },
  large: { role: 'leader', firms: [testUscc(serial + 20)] },
};

/** Plans that wait for a decision in a chain of 5,000. */
const PLANS = 25;
/** Two rows of header, each of a touch target and a gap. */
const HEADER_PX = 112;

const visit = (account: string, address = '/', width = 1440): Promise<Visit> =>
  signIn(browser, url, account, { address, width });

/** What an onboarding says when it has been accepted. */
const acceptance = (supplierUscc: string, at: string, rests: { source: unknown; id: string }) => ({
  specversion: '1.0',
  id: `accepted-${supplierUscc}`,
  source: '/system/onboarding',
  type: 'onboarding.closed.v1',
  time: at,
  partitionkey: supplierUscc,
  data: {
    ...{ supplierUscc, platform: PLATFORM, programme: PROGRAMME },
    ...{ status: 'ACCEPTED', stage: 'ACCEPTED', failureReason: null, decidedBy: 'bureau' },
    basis: [`${rests.source} ${rests.id}`],
  },
});

async function recordCheck(page: Page, check: string, outcome: string, comment = ''): Promise<void> {
  const card = page.getByRole('region', { name: check });
  await card.getByLabel('Result of the check').selectOption(outcome);
  await card.getByLabel('Comment').fill(comment);
  await card.getByRole('button', { name: 'Record' }).click();
  await card.getByText('Not checked', { exact: true }).waitFor({ state: 'detached' });
}

const documentOf = (uscc: string) =>
  onboardingsOf(stream.mongo.db).findOne({
    _id: workflowIdOf({ supplierUscc: uscc, platform: PLATFORM, programme: PROGRAMME }),
  });
const stageOf = async (uscc: string): Promise<string | undefined> => (await documentOf(uscc))?.stage;

beforeAll(async () => {
  stream = await openTestStream();
  const { mongo, kafka } = stream;
  const logger = createLogger('test', { level: 'silent' });
  issuer = await startTestIssuer(TENANCIES);
  const config = {
    ...loadConfig({
      KAFKA_BROKERS: inject('KAFKA_BROKERS'),
      TEMPORAL_ADDRESS: inject('TEMPORAL_ADDRESS'),
      MONGODB_URI: inject('MONGODB_URI'),
      MONGODB_DB: mongo.db.databaseName,
      CHAINLIGHT_CLOCK: 'wall',
      CONSOLE_DIR: await ensureConsoleBuilt(),
    }),
    ...issuer.settings,
  };
  const temporal = await connectTemporal(config.TEMPORAL_ADDRESS, config.TEMPORAL_NAMESPACE);
  const platform = buildPlatform();
  const platformUrl = await platform.app.listen({ host: '127.0.0.1', port: 0 });
  await stream.ensureTopics([erpTopic(LEADER), platformTopic(PLATFORM), SUPPLIER_REPORTS]);
  const ingest = await stream.startIngest({
    clock: { clock: 'wall', latenessMs: 3_600_000, quietMs: 500 },
  });
  const onboarding = await startOnboarding({
    mongo,
    producer: stream.producer,
    temporal,
    temporalAddress: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    platformUrl,
    logger,
    nowMs: Date.now,
  });
  app = await createGateway({ mongo, kafka, temporal, config, logger, now: () => new Date() });
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
  stops.push(
    () => browser.close(),
    () => app.close(),
    () => onboarding.stop(),
    () => ingest.stop(),
    () => platform.app.close(),
    () => temporal.close(),
    () => issuer.close(),
    () => stream.close(),
  );
  await stream.send(ACTS, [leaderRegistered()]);
  await stream.drained();
  const summaries = mongo.db.collection<{ _id: string }>('summaries');
  await summaries.insertMany([targets, chains, claims]);
});

afterAll(async () => {
  for (const stop of stops) await stop();
});

describe('the console, signed in', () => {
  test('a leader nominates by file; a wrong row is named and the right one stands on the board', async () => {
    const { page, complaints, close } = await visit('leader', '/nominate?lang=en');
    await page.getByLabel('Programme').fill(PROGRAMME);
    await page.getByLabel('Platform').fill(PLATFORM);
    await page.locator('textarea').fill(`${supplier},First supplier,510100,3670\n${other},,510100,3670`);
    await page.getByRole('alert').getByText('Line 2: name').waitFor();
    await page.getByRole('button', { name: 'Send (1)' }).click();
    await page.getByText('1 nominated, 1 lines with errors').waitFor();
    await eventually('the nomination to arrive', async () => (await stageOf(supplier)) === 'DIAGNOSED');
    await page.getByRole('link', { name: 'Suppliers' }).click();
    await page.getByRole('link', { name: 'First supplier' }).click();
    await page.getByRole('heading', { name: 'First supplier' }).waitFor();
    expect(await page.locator('.step-WAITING_ON').innerText()).toContain('Waiting for the rater');
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('a bureau gives a plan back and approves the next, with reasons, and the decision stands in the record under its name', async () => {
    const now = new Date().toISOString();
    const { diagnosed, planFiled } = onboardingEvents(supplier);
    await stream.send(PROGRAMME_EVENTS, [diagnosed(now), planFiled(now)]);
    await eventually('the plan to wait', async () =>
      (await documentOf(supplier))?.steps.some(
        ({ step, state }) => step === 'PLAN_APPROVED' && state === 'WAITING_ON',
      ),
    );
    const { page, complaints, close } = await visit('bureau', '/approvals?lang=en');
    await page.getByRole('button', { name: 'Give back' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Reason').fill('the price is not broken down');
    await page.getByRole('button', { name: 'Give back' }).click();
    await page.getByText('No plan waits for a decision.').waitFor();
    const back = (await documentOf(supplier))?.steps.find(({ step }) => step === 'PLAN_FILED');
    expect(back).toMatchObject({
      state: 'WAITING_ON',
      attempts: [
        { outcome: 'returned', actor: 'Test bureau (bureau)', comment: 'the price is not broken down' },
      ],
    });
    const again = { ...planFiled(new Date().toISOString()), id: `plan-again/${supplier}` };
    await stream.send(PROGRAMME_EVENTS, [again]);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Reason').fill('fits the plan of the city');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('No plan waits for a decision.').waitFor();
    await eventually('the approval', async () => (await stageOf(supplier)) === 'CONTRACTED');
    const approval = (await documentOf(supplier))?.history.find(({ event }) =>
      event.includes('plan-approved'),
    );
    expect(approval).toMatchObject({ actor: 'Test bureau (bureau)' });
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('a leader of 5,000 suppliers is shown pages that the server turns, and keeps its place while data change', async () => {
    const count = 5_000;
    const template = await documentOf(supplier);
    if (template === null) throw new Error('no onboarding to copy');
    const many = Array.from({ length: count }, (_, index) => ({
      ...template,
      _id: `onboarding/large/${String(index).padStart(4, '0')}`,
      supplierUscc: testUscc(10_000 + index),
      supplierName: `Supplier ${String(index).padStart(4, '0')}`,
      leaderUscc: testUscc(serial + 20),
      status: 'ACTIVE' as const,
      stage: STAGES[index % STAGES.length] ?? 'NOMINATED',
      facts: [],
      history: [],
      // Those whose plans wait come last by their names and by what is due.
      nextDueAt: new Date(Date.UTC(2030, 0, 1) + index * 60_000),
      steps: template.steps.map((step) => ({
        ...step,
        waitingOn: step.step === 'PLAN_APPROVED' && index >= count - PLANS ? 'bureau' : null,
      })),
    }));
    await onboardingsOf(stream.mongo.db).insertMany(many);
    const begunMs = performance.now();
    const { page, complaints, close } = await visit('large', '/?lang=en');
    const pages: { limit: string | null; rows: number; bytes: number }[] = [];
    page.on('response', async (response) => {
      const address = new URL(response.url());
      if (address.pathname !== '/api/v1/onboardings' || !response.ok()) return;
      const body = await response.body();
      const { items } = JSON.parse(body.toString()) as { items: unknown[] };
      pages.push({
        limit: address.searchParams.get('limit'),
        rows: items.length,
        bytes: body.length,
      });
    });
    const rows = page.locator('.table tbody tr');
    await page.getByText('5,000 in all').waitFor();
    const firstRowsMs = Math.round(performance.now() - begunMs);
    expect(await rows.count()).toBe(50);
    await Promise.all([
      page.waitForResponse((response) => response.url().includes('sort=')),
      page.getByRole('button', { name: 'Firm' }).click(),
    ]);
    await page.getByText('Supplier 0000').waitFor();
    const turnedMs = performance.now();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Supplier 0050').waitFor();
    const nextPageMs = Math.round(performance.now() - turnedMs);
    await page.getByRole('button', { name: 'Firm' }).click();
    await page.getByText('Supplier 4999').waitFor();
    await page.getByLabel('Search').fill('Supplier 1234');
    await page.getByText('1 in all').waitFor();
    await page.getByLabel('Search').fill('');
    await page.getByText('5,000 in all').waitFor();
    expect(await rows.count()).toBe(50);
    expect(pages.length).toBeGreaterThanOrEqual(4);
    expect(pages.every(({ limit, rows: shown }) => limit === '50' && shown <= 50)).toBe(true);
    const heapMib = Math.round(
      ((await page.evaluate('performance.memory.usedJSHeapSize')) as number) / 2 ** 20,
    );

    // What changes is read where it stands: the reader stays at the same place.
    await rows.nth(40).locator('a').focus();
    const before = (await page.evaluate('scrollY')) as number;
    const [shown] = many.slice(-41);
    await onboardingsOf(stream.mongo.db).updateOne(
      { _id: shown?._id ?? '' },
      { $set: { failureReason: { group: 'UNABLE', cause: 'NO_ERP' }, status: 'FAILED' } },
    );
    await rows.nth(40).getByText('Failed').waitFor();
    expect(await page.evaluate('scrollY')).toBe(before);
    expect(await page.locator(':focus').innerText()).toBe(shown?.supplierName);

    // Plans that wait are found by the server, however many others are due before them.
    await page.goto(`${url}/approvals?lang=en`);
    await page.getByText(`${PLANS} in all`).waitFor();
    expect(await page.locator('main h2').count()).toBe(20);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Supplier 4999').waitFor();
    expect(await page.locator('main h2').count()).toBe(PLANS - 20);
    await page.getByLabel('Search').fill('Supplier 4980');
    await page.getByText('1 in all').waitFor();
    expect(await page.locator('main h2').allInnerTexts()).toEqual(['Supplier 4980']);
    expect(complaints).toEqual([]);
    await note('board-5000', { firstRowsMs, nextPageMs, heapMib, pages });
    await picture(page, 'leader-5000-1440');
    await close();
    await onboardingsOf(stream.mongo.db).deleteMany({ _id: /^onboarding\/large\// });
  });

  test('a supplier on a phone hands in a document and asks for help; its leader sees both, the bureau gives the document back', async () => {
    const { page, complaints, close } = await visit('supplier', '/?lang=en', 360);
    const bytes = Buffer.from(`%PDF-1.7\n${supplier}\n`);
    const hash = createHash('sha256').update(bytes).digest('hex');
    expect(await page.getByLabel('Take a picture').getAttribute('capture')).toBe('environment');
    await page.getByLabel('Kind').selectOption('contract');
    const choose = (file: { name: string; mimeType: string; buffer: Buffer }) =>
      page.getByLabel('Choose a file').setInputFiles(file);
    await choose({ name: '合同.pdf', mimeType: 'application/pdf', buffer: bytes });
    await page.getByRole('button', { name: 'Hand in' }).click();
    await page.getByText(`合同.pdf has been received, fingerprint ${hash.slice(0, 12)}`).waitFor();
    await page.getByText('the bureau looks at it').waitFor();
    await eventually('the document at its step', async () =>
      (await documentOf(supplier))?.steps.some(({ evidence }) =>
        evidence.some(({ sha256 }) => sha256 === hash),
      ),
    );
    await page.getByText('Ask for help').first().click();
    await page.getByLabel('Difficulty').selectOption('UNABLE/NO_ERP');
    await page.getByLabel('What stands in the way').fill('nobody here can install it');
    await page.getByRole('button', { name: 'Ask for help' }).click();
    await page.getByText('have been told').waitFor();
    await eventually('the request', async () => (await documentOf(supplier))?.help.length === 1);
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    expect(await seriousFaults(page)).toEqual([]);
    await picture(page, 'supplier-home-360');
    await page.getByRole('link', { name: 'Documents' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Save 合同.pdf' }).click();
    expect((await download).suggestedFilename()).toBe('合同.pdf');
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();

    const leader = await visit('leader', '/?needsHelp=true&lang=en');
    await leader.page.getByText('nobody here can install it').waitFor();
    const row = leader.page.getByRole('row', { name: 'First supplier' });
    expect(await row.innerText()).toContain('A document was handed in, for the bureau to look at');
    await picture(leader.page, 'leader-board-1440');
    const refused = await leader.page.evaluate(
      `fetch('/api/v1/suppliers/${supplier}/evidence').then((r) => r.status)`,
    );
    expect(refused).toBe(403);
    await leader.page.goto(`${url}/suppliers/${supplier}?lang=en`);
    await leader.page.getByText('A document was handed in').waitFor();
    expect(await leader.page.getByText('Give back for completion').count()).toBe(0);
    await leader.close();

    const bureau = await visit('bureau', `/suppliers/${supplier}?lang=en`);
    await bureau.page.getByText('Give back for completion').click();
    await bureau.page.getByLabel('What is missing').fill('the second page');
    expect(await seriousFaults(bureau.page)).toEqual([]);
    await bureau.page.getByRole('button', { name: 'Give back' }).click();
    await bureau.page.getByText('A document was handed in').waitFor({ state: 'detached' });
    const given = (await documentOf(supplier))?.steps.find(({ evidence }) => evidence.length > 0);
    expect(given?.attempts.at(-1)).toMatchObject({
      outcome: 'returned',
      actor: 'Test bureau (bureau)',
      comment: 'the second page',
    });
    expect(bureau.complaints).toEqual([]);
    await bureau.close();
  });

  test('a supplier reads why a record was refused, mends it and sees it taken', async () => {
    const stock = (id: string, closingStockFen: number) => ({
      specversion: '1.0',
      id,
      source: `/supplier/${supplier}/books`,
      type: 'inventory.closed.v1',
      time: new Date().toISOString(),
      partitionkey: supplier,
      datacontenttype: 'application/json',
      data: {
        firmUscc: supplier,
        holderUscc: supplier,
        stockKind: 'own',
        // A month is closed once it is over.
        period: addMonths(periodOf(new Date()), -1),
        openingStockFen: 1_000_000,
        closingStockFen,
        costOfGoodsSoldFen: 500_000,
        currency: 'CNY',
      },
    });
    await stream.send(SUPPLIER_REPORTS, [stock('close-wrong', -5)]);
    const { page, complaints, close } = await visit('supplier', '/connection?lang=en', 360);
    await page.getByText('Refused and waiting to be mended: 1.').waitFor();
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    await page.getByRole('button', { name: 'Mend and send again' }).click();
    const text = page.getByLabel('As it came');
    await text.fill((await text.inputValue()).replace('-5', '900000'));
    await picture(page, 'supplier-connection-360');
    await page.getByRole('button', { name: 'Send again', exact: true }).click();
    await page.getByText('Mended', { exact: true }).waitFor();
    await page.getByText('We received your last “stock close”').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('a leader reads its receipts and its chain over time; few suppliers are not summed up', async () => {
    const { page, complaints, close } = await visit('leader', '/intake?lang=en');
    await page.getByText('Partition', { exact: false }).first().waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await picture(page, 'leader-intake-1440');
    await page.getByRole('link', { name: 'Chain results' }).click();
    await page.getByLabel('KPI').selectOption('inventoryTurns');
    await page.getByText('Change of each supplier').waitFor();
    await page.getByText('No month can be shown yet.').waitFor();
    await page.locator('details a', { hasText: 'First supplier' }).waitFor({ state: 'attached' });
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    expect(await seriousFaults(page)).toEqual([]);
    await picture(page, 'leader-chain-1440');
    expect(complaints).toEqual([]);
    await close();
  });

  test('a supplier on a phone sees the next step, gives and takes back consent, and withdraws with a reason', async () => {
    const { page, complaints, close } = await visit('supplier', '/?lang=en', 360);
    await page.getByText('Next step').waitFor();
    expect(await page.locator('.next').innerText()).toContain('Contract');
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    await page.getByRole('link', { name: 'Consent' }).click();
    await page.getByRole('button', { name: 'Give' }).first().click();
    await page.getByText('Given', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Take back' }).click();
    await page.getByRole('button', { name: 'Take back' }).waitFor({ state: 'detached' });
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    await page.getByLabel('Provider’s USCC').fill(testUscc(serial + 2));
    await page.getByLabel('Last day').fill('2099-12-31');
    await page.getByRole('button', { name: 'Delegate' }).click();
    await page.getByText('until', { exact: false }).getByText('2099').waitFor();
    await picture(page, 'supplier-consent-360');
    await page.getByRole('link', { name: 'My progress' }).click();
    await page.getByText('Withdraw from the programme').click();
    await page.getByLabel('Reason').selectOption('DARE_NOT/CASH');
    await page.getByLabel('Remark').fill('no money this year');
    await page.getByRole('button', { name: 'Withdraw', exact: true }).click();
    await page.getByText('Withdrawn', { exact: true }).waitFor();
    expect(await documentOf(supplier)).toMatchObject({
      status: 'WITHDRAWN',
      failureReason: { group: 'DARE_NOT', cause: 'CASH' },
    });
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('a leader invites; the wrong person says so, the right one accepts on a phone, and the firm ends it', async () => {
    const leader = await visit('leader', `/suppliers/${supplier}?lang=en`);
    const { page: board } = leader;
    await board.getByRole('button', { name: 'Invite' }).click();
    const link = new URL(await board.getByLabel('Link').inputValue());
    expect(await seriousFaults(board)).toEqual([]);
    await picture(board, 'leader-invites-1440');

    const open = async (account: string, address: URL) => {
      const context = await openContext(browser, { viewport: { width: 360, height: 800 } });
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      await page.goto(`${address.pathname}?lang=en${address.hash}`.replace(/^/, url));
      // The code survives the way to the issuer and back, and stands in no address after that.
      await page.getByRole('button', { name: 'Sign in' }).click();
      await chooseAccount(page, account);
      return { page, close: () => context.close() };
    };
    const mistaken = await open('mistaken', link);
    await mistaken.page.getByText('First supplier').waitFor();
    expect(mistaken.page.url()).not.toContain('#');
    expect(await mistaken.page.evaluate(OUTSIDE)).toEqual([]);
    expect(await seriousFaults(mistaken.page)).toEqual([]);
    await picture(mistaken.page, 'invitation-360');
    await mistaken.page.getByRole('button', { name: 'This is not our firm' }).click();
    await mistaken.page.getByText('it is the wrong firm').waitFor();
    await mistaken.close();

    await board.reload();
    await board.getByText('they say it is not their firm').waitFor();
    await board.getByRole('button', { name: 'Send again' }).click();
    const again = new URL(await board.getByLabel('Link').inputValue());
    const late = await open('newcomer', link);
    await late.page.getByText('There is a newer code').waitFor();
    await late.page.goto(`${url}/invitation?lang=en#AAAAA-BBBBB-CCCCC-DDDDD`);
    await late.page.getByText('Nobody was given this code').waitFor();
    expect(await late.page.evaluate(OUTSIDE)).toEqual([]);
    // Read out over the telephone: typed as it comes.
    await late.page.getByLabel('Code').fill(again.hash.slice(1).toLowerCase().replaceAll('-', ' '));
    await late.page.getByRole('button', { name: 'Look at the invitation' }).click();
    await late.page.getByRole('button', { name: 'Accept the invitation' }).click();
    await late.page.getByRole('heading', { name: 'First supplier' }).waitFor();
    await late.close();

    await board.reload();
    await board.getByText('accepted by Test newcomer').waitFor();
    expect(await board.getByRole('button', { name: 'Invite' }).count()).toBe(0);
    expect(leader.complaints).toEqual([]);
    await leader.close();

    const firm = await visit('supplier', '/consent?lang=en', 360);
    await firm.page.getByText('accepted by Test newcomer').waitFor();
    await firm.page.getByRole('button', { name: 'End it' }).last().click();
    await firm.page.getByText('Ended', { exact: true }).waitFor();
    expect(await firm.page.evaluate(OUTSIDE)).toEqual([]);
    expect(await seriousFaults(firm.page)).toEqual([]);
    await firm.close();
  });

  test('one sign-in shows each of its firms, and nobody else’s', async () => {
    const { page, close } = await visit('group', '/?lang=en', 360);
    expect(await page.getByLabel('Firm').locator('option').count()).toBe(2);
    const answer = await page.evaluate(
      `fetch('/api/v1/suppliers/${testUscc(serial + 9)}').then((r) => r.status)`,
    );
    expect(answer).toBe(404);
    await close();
  });

  test('the ministry sees cities, chains and claims, in Chinese first and in English', async () => {
    const { page, complaints, close } = await visit('ministry');
    expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
    await page.getByRole('heading', { name: '各市目标与完成' }).waitFor();
    const rows = await page.locator('tbody tr').allInnerTexts();
    expect(rows[0]).toContain('云岭市（虚构）');
    expect(rows[0]).toContain('严重滞后');
    expect(await page.getByText('库存可能转移到了供应商').count()).toBe(1);
    expect(await faultsOnPaper(page, 'bureau-overview')).toEqual([]);
    await page.getByLabel('语言').selectOption('en');
    await page.getByRole('heading', { name: 'Targets and results by city' }).waitFor();
    await picture(page, 'bureau-overview-1440');
    await page.getByRole('link', { name: 'Claims' }).click();
    await page.getByText('Average payback of 4.2 years').waitFor();
    expect(await page.getByText('Contradicted').count()).toBe(1);
    await page.getByRole('link', { name: 'Funnel' }).click();
    await page.getByText('Dare not: Cash').waitFor();
    await page.getByTitle('Dare not: Cash').click();
    const trail = page.getByRole('dialog');
    await trail.getByText('Onboardings that ended at').waitFor();
    expect(await trail.locator('tbody tr').count()).toBeGreaterThan(0);
    await trail
      .getByRole('button', { name: `${supplier}` })
      .first()
      .click();
    const event = page.getByRole('dialog', { name: 'Event ·' });
    await event.getByText(`"supplierUscc": "${supplier}"`).waitFor();
    expect(await event.getByText(/^[0-9a-f]{64}$/).count()).toBe(2);
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    expect(await seriousFaults(page)).toEqual([]);
    await picture(page, 'bureau-event-1440');
    await event.getByRole('button', { name: 'Close', exact: true }).click();
    await trail.getByRole('button', { name: 'Close', exact: true }).click();
    expect(await faultsOnPaper(page, 'bureau-funnel')).toEqual([]);
    await picture(page, 'bureau-funnel-1440');
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('a bureau gives a finding an owner, decides it, and takes the list along', async () => {
    const again = {
      ...inventoryClosed('again', { closingStockFen: 1 }, supplier),
      time: '2024-04-01T08:00:00Z',
    };
    await stream.send(SUPPLIER_REPORTS, [inventoryClosed('first', {}, supplier), again]);
    await stream.drained();
    await eventually('the finding', async () => !(await projectOnce(stream.mongo, measurementProjector)));
    const measuring = loop(createLogger('test', { level: 'silent' }), 50, () =>
      projectOnce(stream.mongo, measurementProjector),
    );
    const { page, complaints, close } = await visit('bureau', '/findings?lang=en');
    await page.getByRole('button', { name: 'Closed twice' }).click();
    await page.getByLabel('Act').selectOption('assigned');
    await page.getByLabel('Owner').fill('Section 3');
    await page.getByLabel('Due').fill('2030-01-31');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('dialog .facts').getByText('Section 3').waitFor();
    await page.getByLabel('Act').selectOption('closed');
    await page.getByLabel('Text').fill('the later close stands');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('dialog').getByText('Closed · Upheld').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ]);
    expect(await readFile(await download.path(), 'utf8')).toContain('Section 3');
    expect(complaints).toEqual([]);
    await close();
    await measuring.stop();
  });

  test('a bureau draws a sample, checks a file on its work-paper, closes it, and reads what it says of all', async () => {
    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
    const nominated = onboardingEvents(sampled).nominated(anHourAgo);
    const declared = relationDeclared('2022-01-01', {
      id: `relation/${sampled}`,
      partitionkey: sampled,
      data: { buyerUscc: LEADER, supplierUscc: sampled, validFrom: '2022-01-01' },
    });
    await stream.send(erpTopic(LEADER), [declared, nominated]);
    await stream.send(ACTS, [acceptance(sampled, anHourAgo, { source: nominated.source, id: nominated.id })]);
    await stream.drained();
    while (await projectOnce(stream.mongo, measurementProjector)) {
      // Until the acceptance has been read.
    }
    const { page, complaints, close } = await visit('bureau', '/samples?lang=en');
    await page.getByLabel('Files to draw at random').fill('1');
    await page.getByLabel('Seed').fill('7');
    await picture(page, 'bureau-samples-1440');
    await page.getByRole('button', { name: 'Draw a sample' }).click();
    await page.getByText('Drawn again: the same').waitFor();
    await page.getByRole('link', { name: 'Test supplier' }).click();
    for (const check of ['Contract, invoice and payment match', 'The level on site is true'])
      await recordCheck(page, check, 'passed');
    const photo = Buffer.from(`%PDF-1.7\n${sampled} seen on site\n`);
    const inUse = page.getByRole('region', { name: 'The system is in use' });
    await inUse
      .getByLabel('Attach a photo or file')
      .setInputFiles({ name: '现场.pdf', mimeType: 'application/pdf', buffer: photo });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      inUse.getByRole('link', { name: '现场.pdf' }).click(),
    ]);
    expect((await readFile(await download.path())).equals(photo)).toBe(true);
    await recordCheck(page, 'The system is in use', 'failed', 'the server was switched off');
    await recordCheck(page, 'Figures trace to events', 'not-applicable');
    expect(await seriousFaults(page)).toEqual([]);
    expect(await page.locator('select[name="result"] option').allInnerTexts()).toEqual(['Faulty']);
    await page.locator('form').last().getByLabel('Comment').fill('not in use');
    await page.getByRole('button', { name: 'Close the work-paper' }).click();
    await page.getByRole('button', { name: 'Open again' }).waitFor();
    await picture(page, 'bureau-work-paper-1440');
    expect(await faultsOnPaper(page, 'bureau-work-paper')).toEqual([]);
    await page.getByRole('link', { name: '← Work-papers' }).click();
    await page.getByText('1 – 1 / 1').waitFor();
    expect(await page.getByText('Faulty', { exact: true }).count()).toBeGreaterThan(0);
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    expect(await seriousFaults(page)).toEqual([]);
    await picture(page, 'bureau-sample-1440');
    expect(await faultsOnPaper(page, 'bureau-sample')).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('the ministry opens an audit down to its frozen files, and sees what was published', async () => {
    const { facts } = scenarioFacts({ scenario: 'sichuan', seed: 1, scale: 100 });
    const run = runAudit(
      auditFactsFrom(facts, 'inventory-turns'),
      { ...PLAIN_AUDIT, bootstrap: 19 },
      { knownAt: null, simulated: true, anchors: [] },
    );
    await storeAuditRun(stream.mongo.db, run, new Date());
    const { page, complaints, close } = await visit('ministry', '/audits?lang=en');
    await page.locator('tbody a').click();
    await page.getByRole('heading', { name: 'Displacement: leader, suppliers, chain' }).waitFor();
    await page.locator('.chart svg').first().waitFor();
    expect(await page.getByText(run.result.direct.en).count()).toBe(1);
    expect(await seriousFaults(page)).toEqual([]);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'panel.csv' }).click(),
    ]);
    expect(await readFile(await download.path(), 'utf8')).toBe(run.files.get('panel.csv'));
    await page.getByRole('link', { name: 'Published figures' }).click();
    await page.getByText('No figures have been published yet.').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('what changes is shown without a reload, and the focus stays', async () => {
    const { page, close } = await visit('ministry', '/?lang=en');
    const figure = page.getByRole('button', { name: '4 / 30' });
    await figure.focus();
    await page.evaluate(`document.body.setAttribute('data-loaded', 'once')`);
    await stream.mongo.db
      .collection<{ _id: string }>('summaries')
      .updateOne({ _id: 'targets' }, { $set: { 'cities.3.done': 15 } });
    await page.getByRole('button', { name: '15 / 40' }).waitFor();
    expect(await page.getAttribute('body', 'data-loaded')).toBe('once');
    expect(await page.locator(':focus').innerText()).toBe('4 / 30');
    await close();
  });

  test.each([
    ['supplier', 360],
    ['leader', 1440],
    ['ministry', 360],
    ['ministry', 1440],
  ])('the first page of a %s fits %i pixels', async (account, width) => {
    const { page, close } = await visit(account, '/', width);
    await page.waitForSelector('h1');
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    expect((await page.locator('.top').boundingBox())?.height).toBeLessThanOrEqual(HEADER_PX);
    await picture(page, `first-${account}-${width}`);
    await close();
  });

  test.each([
    ['supplier', 360, ['/', '/figures', '/evidence', '/connection', '/consent', '/invitation']],
    ['leader', 1440, ['/', '/approvals', '/chain', '/network', '/nominate', '/intake']],
    ['leader', 360, ['/', '/nominate', `/suppliers/${supplier}`]],
  ])('every page of a %s at %i pixels, in Chinese: all its words, nothing outside, no serious fault', async (account, width, paths) => {
    const { page, complaints, close } = await visit(account, '/', width);
    for (const path of paths) {
      await page.goto(`${url}${path}`);
      await page.locator('h1').first().waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      expect(await page.evaluate(OUTSIDE), path).toEqual([]);
      expect(await seriousFaults(page), path).toEqual([]);
      // A text that is missing shows as its key: `nav.home`.
      const shown =
        (await page.locator('body').innerText()).match(/\b[a-z]+[A-Z]?[a-z]*\.[a-zA-Z]+\b/g) ?? [];
      expect(
        shown.filter((word) => !/^(erp|data)\./.test(word)),
        path,
      ).toEqual([]);
      await picture(page, `zh-${account}-${width}-${path.split('/').slice(0, 2).join('') || 'first'}`);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  test('without an answer it says so and offers to try again', async () => {
    const { page, close } = await visit('ministry', '/claims?lang=en');
    await page.route('**/api/v1/claims', (route) => route.abort());
    await page.reload();
    await page.getByRole('alert').waitFor({ timeout: 60_000 });
    await page.unroute('**/api/v1/claims');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Average payback of 4.2 years').waitFor();
    await close();
  });
});

test('who is not signed in is asked to, and sees nothing', async () => {
  const context = await openContext(browser);
  const page = await context.newPage();
  await page.goto(`${url}/suppliers?lang=en`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((address) => address.port !== new URL(url).port);
  await context.close();
});
