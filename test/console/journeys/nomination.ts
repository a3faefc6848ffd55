import { expect, test } from 'vitest';
import { STAGES } from '../../../schemas/onboarding.ts';
import { PROGRAMME_EVENTS } from '../../../schemas/topics.ts';
import { onboardingsOf } from '../../../services/onboarding/index.ts';
import { testUscc } from '../../support/events.ts';
import { onboardingEvents, PLATFORM, PROGRAMME } from '../../support/onboardingEvents.ts';
import { eventually } from '../../support/stream.ts';
import { focusOf, type, use } from '../keyboard.ts';
import { note, picture, seriousFaults } from '../page.ts';

import { documentOf, other, serial, stageOf, stream, supplier, url, visit } from '../world.ts';

/** Plans that wait for a decision in a chain of 5,000. */
const PLANS = 25;

/** A leader nominates, by keyboard alone. */
export function nominationJourney(): void {
  test('a leader nominates by file; a wrong row is named and the right one stands on the board', async () => {
    const { page, complaints, close } = await visit('leader', '/nominate?lang=en');
    await type(page.getByLabel('Programme'), PROGRAMME);
    await type(page.getByLabel('Platform'), PLATFORM);
    await type(page.locator('textarea'), `${supplier},First supplier,510100,3670\n${other},,510100,3670`);
    await page.getByRole('alert').getByText('Line 2: name').waitFor();
    await use(page.getByRole('button', { name: 'Send (1)' }));
    await page.getByText('1 nominated, 1 lines with errors').waitFor();
    await eventually('the nomination to arrive', async () => (await stageOf(supplier)) === 'DIAGNOSED');
    await expect.poll(() => focusOf(page)).toMatchObject({ fault: null });
    await use(page.getByRole('link', { name: 'Suppliers' }));
    await use(page.getByRole('link', { name: 'First supplier' }));
    await page.getByRole('heading', { name: 'First supplier' }).waitFor();
    expect(await page.locator('.step-WAITING_ON').innerText()).toContain('Waiting for the rater');
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });
}

/** A bureau approves by keyboard alone, and the lists hold 5,000. */
export function approvalJourney(): void {
  test('a bureau gives a plan back and approves the next, with reasons, and the decision stands in the record under its name', async () => {
    const now = new Date().toISOString();
    const { planFiled } = onboardingEvents(supplier);
    await stream.send(PROGRAMME_EVENTS, [planFiled(now)]);
    await eventually('the plan to wait', async () =>
      (await documentOf(supplier))?.steps.some(
        ({ step, state }) => step === 'PLAN_APPROVED' && state === 'WAITING_ON',
      ),
    );
    const { page, complaints, close } = await visit('bureau', '/approvals?lang=en');
    await use(page.getByRole('button', { name: 'Give back' }));
    await page.getByRole('alert').waitFor();
    await type(page.getByLabel('Reason'), '价格没有分项');
    await use(page.getByRole('button', { name: 'Give back' }), 'Space');
    await page.getByText('No plan waits for a decision.').waitFor();
    // The plan is gone from the list: its reader goes on from the heading above.
    await expect.poll(() => focusOf(page)).toEqual({ name: 'H1 Plans to decide', fault: null });
    const back = (await documentOf(supplier))?.steps.find(({ step }) => step === 'PLAN_FILED');
    expect(back).toMatchObject({
      state: 'WAITING_ON',
      attempts: [{ outcome: 'returned', actor: 'Test bureau (bureau)', comment: '价格没有分项' }],
    });
    const again = { ...planFiled(new Date().toISOString()), id: `plan-again/${supplier}` };
    await stream.send(PROGRAMME_EVENTS, [again]);
    await use(page.getByRole('button', { name: 'Approve' }));
    await page.getByRole('alert').waitFor();
    await type(page.getByLabel('Reason'), 'fits the plan of the city');
    await use(page.getByRole('button', { name: 'Approve' }));
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
}
