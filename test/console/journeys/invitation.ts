import { expect, test } from 'vitest';
import { chooseAccount } from '../../support/identity.ts';
import { openContext } from '../browser.ts';
import { OUTSIDE, picture, seriousFaults } from '../page.ts';

import { browser, supplier, url, visit } from '../world.ts';

/** Somebody is invited to act for a firm. */
export function invitationJourney(): void {
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
    await firm.page.getByText('Test leader (Chain leader)').first().waitFor();
    await firm.page.getByRole('button', { name: 'End it' }).last().click();
    await firm.page.getByText('Ended', { exact: true }).waitFor();
    expect(await firm.page.evaluate(OUTSIDE)).toEqual([]);
    expect(await seriousFaults(firm.page)).toEqual([]);
    await firm.close();
  });
}
