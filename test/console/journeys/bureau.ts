import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { SUPPLIER_REPORTS } from '../../../schemas/topics.ts';
import { runAudit, storeAuditRun } from '../../../services/audit/index.ts';
import { measurementProjector } from '../../../services/measurement/index.ts';
import { loop } from '../../../services/runtime/lifecycle.ts';
import { createLogger } from '../../../services/runtime/logger.ts';
import { projectOnce } from '../../../services/runtime/projector.ts';
import { inventoryClosed } from '../../support/events.ts';
import { auditFactsFrom, PLAIN_AUDIT, scenarioFacts } from '../../support/scenarioFacts.ts';
import { eventually } from '../../support/stream.ts';
import { choose, focusOf, isFocused, type, typeDay, use } from '../keyboard.ts';
import { faultsOnPaper, OUTSIDE, picture, seriousFaults } from '../page.ts';

import { stream, supplier, visit } from '../world.ts';

/** A bureau: what stands in the meeting, findings, audits, and changes as they come. */
export function bureauJourney(): void {
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
    const figure = page.getByTitle('Dare not: Cash').first();
    await use(figure);
    const trail = page.getByRole('dialog');
    await trail.getByText('Onboardings that ended at').waitFor();
    expect(await trail.locator('tbody tr').count()).toBeGreaterThan(0);
    const opener = trail.getByRole('button', { name: supplier }).first();
    await use(opener);
    const event = page.getByRole('dialog', { name: 'Event ·' });
    await event.getByText(`"supplierUscc": "${supplier}"`).waitFor();
    expect(await event.getByText(/^[0-9a-f]{64}$/).count()).toBe(2);
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    expect(await seriousFaults(page)).toEqual([]);
    await picture(page, 'bureau-event-1440');
    // A panel that is closed gives the focus back to what opened it.
    await page.keyboard.press('Escape');
    await event.waitFor({ state: 'detached' });
    await expect.poll(() => isFocused(opener)).toBe(true);
    await use(trail.getByRole('button', { name: 'Close', exact: true }));
    await trail.waitFor({ state: 'detached' });
    await expect.poll(() => isFocused(figure)).toBe(true);
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
    const finding = page.getByRole('button', { name: 'Closed twice' });
    await use(finding);
    await choose(page.getByLabel('Act'), 'Assign');
    await type(page.getByLabel('Owner'), 'Section 3');
    await typeDay(page.getByLabel('Due'), '2030-01-31');
    await use(page.getByRole('button', { name: 'Send' }));
    await page.locator('dialog .facts').getByText('Section 3').waitFor();
    await choose(page.getByLabel('Act'), 'Reply');
    await type(page.getByLabel('Text'), '企业已重新结账');
    await use(page.getByRole('button', { name: 'Send' }));
    await page.locator('dialog .timeline').getByText('企业已重新结账').waitFor();
    await choose(page.getByLabel('Act'), 'Close');
    await type(page.getByLabel('Text'), '以后一次结账为准');
    await use(page.getByRole('button', { name: 'Send' }), 'Space');
    await page.locator('dialog').getByText('Closed · Upheld').waitFor();
    // The form has made way for the appeal; its reader is still in the panel.
    await expect.poll(() => focusOf(page)).toMatchObject({ fault: null });
    expect(await seriousFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    await expect.poll(() => isFocused(finding)).toBe(true);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ]);
    expect(await readFile(await download.path(), 'utf8')).toContain('Section 3');
    expect(complaints).toEqual([]);
    await close();
    await measuring.stop();
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
    // Effects on a logarithm are told as the share that they change by.
    await page.locator('.chart svg text').filter({ hasText: '%' }).first().waitFor();
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
}
