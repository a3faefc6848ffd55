import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY_MS } from '../../schemas/time.ts';
import { testUscc } from '../support/events.ts';
import { PROGRAMME } from '../support/onboardingEvents.ts';
import { acceptedFacts, dayAt, fact } from '../support/onboardingFacts.ts';
import { eventually } from '../support/stream.ts';
import { openWorkflowWorld, type WorkflowWorld } from '../support/workflowWorld.ts';

let world: WorkflowWorld;
beforeAll(async () => {
  // The platform goes silent; a circuit that counts real seconds would stay open for days.
  world = await openWorkflowWorld({ circuit: { afterFailures: 1_000_000, halfOpenAfterMs: 1 } });
});
afterAll(() => world.close());

const FIRM = testUscc(764);
const TENANT = `${PROGRAMME}.${FIRM}`;
const today = async (): Promise<string> => new Date(await world.environment.currentTimeMs()).toISOString();
const names = (): string[] => world.acts.map((act) => act.id.slice(act.id.indexOf(FIRM) + FIRM.length + 1));

it('the platform is asked with each reminder of first data that are overdue, which go out without an answer too', async () => {
  // Day 75 is today at the test server: deployed, and no data yet.
  const byMs = Date.parse(await today()) - Date.parse(dayAt(75));
  const move = (time: string): string => new Date(Date.parse(time) + byMs).toISOString();
  const facts = acceptedFacts()
    .filter(({ time }) => time <= dayAt(70))
    .map((one) => ({ ...one, time: move(one.time) }));
  const onboarding = await world.begin(FIRM, facts);
  await onboarding.tell(move(dayAt(75)));
  await eventually('its devices', async () => names().includes('devices-registered'));
  const registeredAt = world.platform.tenant(TENANT)?.lastHeardAt;
  const reminded = (rung: number) =>
    eventually(`reminder ${rung}`, async () => {
      await world.environment.sleep(5 * DAY_MS);
      return names().includes(`reminder/DATA_CONNECTED/${rung}`);
    });

  await reminded(1);
  const heardAt = await today();
  world.platform.hear(TENANT, heardAt);
  await reminded(2);
  world.platform.setDown(true);
  await reminded(3);
  world.platform.setDown(false);

  const answers = world.acts.filter(({ type }) => type === 'onboarding.platform-checked.v1');
  expect(answers.map(({ data }) => [data.rung, data.isAnswered, data.firstDataAt, data.lastHeardAt])).toEqual(
    [
      [1, true, null, registeredAt],
      [2, true, heardAt, heardAt],
      [3, false, null, null],
    ],
  );
  expect(names().filter((name) => /(checked|reminder).DATA_CONNECTED/.test(name))).toEqual(
    [1, 2, 3].flatMap((rung) => [
      `platform-checked/DATA_CONNECTED/${rung}`,
      `reminder/DATA_CONNECTED/${rung}`,
    ]),
  );

  const withdrawal = fact('supplier-withdrew', 0, { failure: { group: 'DARE_NOT', cause: 'CASH' } });
  await onboarding.learn({ ...withdrawal, time: await today() });
  await onboarding.tell(await today());
  expect(await onboarding.handle.result()).toEqual({ status: 'WITHDRAWN' });
});
