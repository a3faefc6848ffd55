import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../schemas/time.ts';
import type { Fact } from '../../workflows/onboarding/facts.ts';
import type { Progress } from '../../workflows/onboarding/progress.ts';
import { testUscc } from '../support/events.ts';
import { historyCost } from '../support/historyCost.ts';
import { acceptedFacts, dayAt } from '../support/onboardingFacts.ts';
import { eventually } from '../support/stream.ts';
import { openWorkflowWorld, type WorkflowWorld } from '../support/workflowWorld.ts';

/** Nobody tells these onboardings the time: each timer rings by itself on a server that skips time. */
let world: WorkflowWorld;
beforeAll(async () => {
  world = await openWorkflowWorld();
});
afterAll(() => world.close());

/** More than a month apart, so that each lies in a month of its own whatever today is. */
const DATA = [75, 110, 145].map(dayAt);

const namesOf = (firm: string): string[] =>
  world.acts
    .filter((act) => act.data.supplierUscc === firm)
    .map((act) => act.id.slice(act.id.indexOf(firm) + firm.length + 1));
const rungOf = (firm: string) =>
  namesOf(firm).filter((name) => /^(reminder|expiry|closed|outcome)/.test(name));

/** Facts as if their day `day` were today at the test server. */
async function movedTo(day: number, facts: readonly Fact[], ...times: string[]) {
  const byMs = (await world.environment.currentTimeMs()) - Date.parse(dayAt(day));
  const move = (time: string): string => new Date(Date.parse(time) + byMs).toISOString();
  return { facts: facts.map((one) => ({ ...one, time: move(one.time) })), times: times.map(move), move };
}

describe('timers that ring by themselves', () => {
  it('remind on each rung, announce the end twice, and end it', async () => {
    const firm = testUscc(761);
    const early = acceptedFacts().filter((one) => one.time <= dayAt(10));
    const { facts, move } = await movedTo(10, early);
    const onboarding = await world.begin(firm, facts);
    await onboarding.tell(move(dayAt(10)));
    await eventually('its beginning', async () => namesOf(firm).includes('identity-verified'));
    expect(rungOf(firm)).toEqual([]);
    await world.environment.sleep(600 * DAY_MS);
    expect(await onboarding.handle.result()).toEqual({ status: 'EXPIRED' });
    expect(rungOf(firm)).toEqual([
      'reminder/PLAN_FILED/1',
      'reminder/PLAN_FILED/2',
      'reminder/PLAN_FILED/3',
      'expiry-announced/60',
      'expiry-announced/14',
      'closed',
    ]);
    const closed = world.acts.find(
      (act) => act.data.supplierUscc === firm && act.type === 'onboarding.closed.v1',
    );
    expect(closed?.time).toBe(move(dayAt(540)));
    const cost = historyCost((await onboarding.handle.fetchHistory()).events ?? []);
    process.stderr.write(
      `three reminders, two notices and the end, each by its timer: ${JSON.stringify(cost)}\n`,
    );
    expect(cost.actions).toBeLessThanOrEqual(30);
  });

  it('cost no more than an onboarding may where every fact comes on its day and moves them', async () => {
    const firm = testUscc(763);
    const { facts, times, move } = await movedTo(0, acceptedFacts(), ...DATA);
    world.dataTimes = times;
    const [nomination, ...later] = facts as [Fact, ...Fact[]];
    const onboarding = await world.begin(firm, [nomination]);
    const dayPasses = async (until: string): Promise<void> => {
      // An answer comes only after what was signalled has been worked on.
      const { nextDueAt } = await onboarding.handle.query<Progress>('progress');
      const today = new Date(await world.environment.currentTimeMs()).toISOString();
      // As the ticker does: a run is told the time when something of it is due.
      if (nextDueAt !== null && nextDueAt <= today) await onboarding.tell(today);
      await world.environment.sleep(Date.parse(until) - Date.parse(today));
    };
    for (const one of later) {
      await dayPasses(one.time);
      await onboarding.learn(one);
    }
    await dayPasses(move(dayAt(151)));
    await eventually('its end', async () => namesOf(firm).includes('closed'));
    await onboarding.handle.query('progress');
    expect(rungOf(firm)).toEqual(['closed']);
    const cost = historyCost((await onboarding.handle.fetchHistory()).events ?? []);
    process.stderr.write(`accepted path, lived day by day: ${JSON.stringify(cost)}\n`);
    expect(cost.actions).toBeLessThanOrEqual(60);
    expect(cost.events).toBeLessThanOrEqual(400);
  });

  it('measure the outcome 3, 6 and 12 months after going live, and not before', async () => {
    const firm = testUscc(762);
    const { facts, times, move } = await movedTo(160, acceptedFacts(), ...DATA);
    world.dataTimes = times;
    const onboarding = await world.begin(firm, facts);
    await onboarding.tell(move(dayAt(160)));
    await eventually('its end', async () => namesOf(firm).includes('closed'));
    await onboarding.handle.query('progress');
    const costNow = async () => historyCost((await onboarding.handle.fetchHistory()).events ?? []);
    const before = await costNow();
    const expected = [
      [180, []],
      [220, ['outcome/3']],
      [310, ['outcome/3', 'outcome/6']],
      [500, ['outcome/3', 'outcome/6', 'outcome/12']],
    ] as const;
    let today = 160;
    for (const [day, outcomes] of expected) {
      await world.environment.sleep((day - today) * DAY_MS);
      today = day;
      await eventually(
        `the outcomes of day ${day}`,
        async () => rungOf(firm).filter((name) => name.startsWith('outcome')).length >= outcomes.length,
      );
      expect(rungOf(firm).filter((name) => name.startsWith('outcome'))).toEqual(outcomes);
    }
    expect(await onboarding.handle.result()).toEqual({ status: 'ACCEPTED' });
    const { actions, events } = await costNow();
    process.stderr.write(
      `follow-up: ${actions - before.actions} actions, ${events - before.events} events\n`,
    );
    expect(actions - before.actions).toBeLessThanOrEqual(20);
  });
});
