import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { ACTS, erpTopic } from '../../../schemas/topics.ts';
import { measurementProjector } from '../../../services/measurement/index.ts';
import { projectOnce } from '../../../services/runtime/projector.ts';
import { LEADER, relationDeclared } from '../../support/events.ts';
import { onboardingEvents, PLATFORM, PROGRAMME } from '../../support/onboardingEvents.ts';
import { faultsOnPaper, OUTSIDE, picture, seriousFaults } from '../page.ts';

import { sampled, stream, visit } from '../world.ts';

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

/** A bureau draws a sample and fills in its work-papers. */
export function sampleJourney(): void {
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
}
