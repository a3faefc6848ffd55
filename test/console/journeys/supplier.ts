import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { addMonths, periodOf } from '../../../schemas/time.ts';
import { SUPPLIER_REPORTS } from '../../../schemas/topics.ts';
import { testUscc } from '../../support/events.ts';
import { eventually } from '../../support/stream.ts';
import { choose, reach, type, use } from '../keyboard.ts';
import { OUTSIDE, picture, seriousFaults } from '../page.ts';
import { documentOf, serial, stream, supplier, url, visit } from '../world.ts';

/** A supplier on a phone: documents, help, mended records, consent, withdrawal; one sign-in for several firms. */
export function supplierJourney(): void {
  test('a supplier on a phone hands in a document and asks for help; its leader sees both, the bureau gives the document back', async () => {
    const { page, complaints, close } = await visit('supplier', '/?lang=en', 360);
    const bytes = Buffer.from(`%PDF-1.7\n${supplier}\n`);
    const hash = createHash('sha256').update(bytes).digest('hex');
    expect(await page.getByLabel('Take a picture').getAttribute('capture')).toBe('environment');
    await choose(page.getByLabel('Kind'), 'Contract');
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      use(page.getByLabel('Choose a file'), 'Space'),
    ]);
    await chooser.setFiles({ name: '合同.pdf', mimeType: 'application/pdf', buffer: bytes });
    await use(page.getByRole('button', { name: 'Hand in' }));
    await page.getByText(`合同.pdf has been received, fingerprint ${hash.slice(0, 12)}`).waitFor();
    await page.getByText('the bureau looks at it').waitFor();
    await eventually('the document at its step', async () =>
      (await documentOf(supplier))?.steps.some(({ evidence }) =>
        evidence.some(({ sha256 }) => sha256 === hash),
      ),
    );
    await use(page.locator('summary', { hasText: 'Ask for help' }));
    await choose(page.getByLabel('Difficulty'), 'Unable: no ERP');
    await type(page.getByLabel('What stands in the way'), 'nobody here can install it');
    await use(page.getByRole('button', { name: 'Ask for help' }));
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

  test('a supplier on a phone sees the next step, gives and takes back consent, and withdraws with a reason', async () => {
    const { page, complaints, close } = await visit('supplier', '/?lang=en', 360);
    await page.getByText('Next step').waitFor();
    expect(await page.locator('.next').innerText()).toContain('Contract');
    // What it has to do next is done by keyboard as well; the contract itself comes later.
    await type(page.getByLabel('Contract number'), 'CT-1');
    await reach(page.getByRole('button', { name: 'Contract is signed' }));
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

  test('one sign-in shows each of its firms, and nobody else’s', async () => {
    const { page, close } = await visit('group', '/?lang=en', 360);
    expect(await page.getByLabel('Firm').locator('option').count()).toBe(2);
    const answer = await page.evaluate(
      `fetch('/api/v1/suppliers/${testUscc(serial + 9)}').then((r) => r.status)`,
    );
    expect(answer).toBe(404);
    await close();
  });
}
