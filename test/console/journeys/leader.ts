import { expect, test } from 'vitest';
import { OUTSIDE, picture, seriousFaults } from '../page.ts';

import { visit } from '../world.ts';

/** A leader reads what arrived and what its chain gained. */
export function leaderJourney(): void {
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
}
