import { afterAll, beforeAll, describe, test } from 'vitest';
import { openContext } from '../console/browser.ts';
import { bureauJourney } from '../console/journeys/bureau.ts';
import { everyPage } from '../console/journeys/everyPage.ts';
import { invitationJourney } from '../console/journeys/invitation.ts';
import { leaderJourney } from '../console/journeys/leader.ts';
import { approvalJourney, nominationJourney } from '../console/journeys/nomination.ts';
import { diagnosisJourney } from '../console/journeys/rater.ts';
import { sampleJourney } from '../console/journeys/sample.ts';
import { supplierJourney } from '../console/journeys/supplier.ts';
import { browser, closeWorld, openWorld, url } from '../console/world.ts';

beforeAll(openWorld);
afterAll(closeWorld);

/** One stack and one story, told in this order; each part stands in a file of its own. */
describe('the console, signed in', () => {
  nominationJourney();
  diagnosisJourney();
  approvalJourney();
  supplierJourney();
  leaderJourney();
  invitationJourney();
  bureauJourney();
  sampleJourney();
  everyPage();
});

test('who is not signed in is asked to, and sees nothing', async () => {
  const context = await openContext(browser);
  const page = await context.newPage();
  await page.goto(`${url}/suppliers?lang=en`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((address) => address.port !== new URL(url).port);
  await context.close();
});
