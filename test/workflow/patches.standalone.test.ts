import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActCommand } from '../../schemas/api/acts.ts';
import type { Progress } from '../../workflows/onboarding/progress.ts';
import { testUscc } from '../support/events.ts';
import { actCommand } from '../support/onboardingEvents.ts';
import { ACCEPTED_DATA, acceptedFacts, correction, dayAt, fact } from '../support/onboardingFacts.ts';
import { eventually } from '../support/stream.ts';
import { type Onboarding, openWorkflowWorld, type WorkflowWorld } from '../support/workflowWorld.ts';

/** Onboardings that earlier code began, as it was before each `patched`, and today's carries on. */
let world: WorkflowWorld;
beforeAll(async () => {
  world = await openWorkflowWorld({ code: 'old', maxCachedWorkflows: 0 });
  world.dataTimes = ACCEPTED_DATA;
});
afterAll(() => world.close());

const [
  OLD,
  NEW,
  OLD_FAILED,
  NEW_FAILED,
  OLD_REMINDED,
  OLD_RETURNED,
  NEW_RETURNED,
  OLD_CORRECTED,
  OLD_APPLIED,
  OLD_MEDDLED,
] = [801, 802, 803, 804, 805, 806, 807, 808, 809, 810].map(testUscc) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];

const factsBetween = (from: number, to: number) => {
  const byPeople = ['plan-approved', 'self-assessed', 'finance-audited'];
  return acceptedFacts().filter(
    ({ type, time }) =>
      time > dayAt(from) && time <= dayAt(to) && !byPeople.some((name) => type.includes(name)),
  );
};
const command = (act: string, day: number, firm: string, fields: Record<string, unknown> = {}) =>
  ActCommand.parse(actCommand(act, dayAt(day), fields, firm));
const actsOf = (firm: string) =>
  world.acts
    .filter((act) => act.data.supplierUscc === firm)
    .map((act) => JSON.parse(JSON.stringify(act).replaceAll(firm, 'FIRM')) as typeof act);
const hasStated = (firm: string, name: string) =>
  eventually(`${name} of ${firm}`, async () => actsOf(firm).some(({ id }) => id.endsWith(`/${name}`)));

/** The patches that its history names. */
async function patchesOf({ handle }: Onboarding): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ markerRecordedEventAttributes: marker }) => {
    if (marker?.markerName !== 'core_patch') return [];
    const [payload] = Object.values(marker.details ?? {}).flatMap(({ payloads }) => payloads ?? []);
    return [(JSON.parse(Buffer.from(payload?.data ?? []).toString()) as { id: string }).id];
  });
}
const markersOf = async (onboarding: Onboarding): Promise<number> => (await patchesOf(onboarding)).length;

async function begin(firm: string): Promise<Onboarding> {
  const onboarding = await world.begin(firm, factsBetween(-1, 20));
  await onboarding.act(command('approve-plan', 25, firm));
  await onboarding.learn(...factsBetween(25, 40));
  await onboarding.tell(dayAt(45));
  await hasStated(firm, 'devices-registered');
  return onboarding;
}

async function goOnTo(day: number, onboarding: Onboarding): Promise<void> {
  await onboarding.learn(...factsBetween(40, day));
  await onboarding.tell(dayAt(day + 1));
  await onboarding.handle.query('progress');
}

async function finish(firm: string, onboarding: Onboarding): Promise<void> {
  await onboarding.learn(...factsBetween(70, 110));
  await onboarding.tell(dayAt(112));
  await hasStated(firm, 'use-sustained');
  await onboarding.act(command('self-assess', 120, firm, { edition: '2024', score: 45, level: 2 }));
  await onboarding.act(command('audit-finance', 135, firm, { outcome: 'matched' }));
  await onboarding.learn(...factsBetween(120, 150));
  await onboarding.tell(dayAt(600));
}

const fail = async (onboarding: Onboarding): Promise<void> => {
  const failure = { group: 'UNABLE', cause: 'NO_ERP' } as const;
  await onboarding.learn(fact('step-failed', 90, { step: 'DEPLOYED', failure, final: true }));
  await onboarding.tell(dayAt(91));
};

describe('an onboarding that earlier code began', () => {
  it('goes on under today’s code, also with an empty cache, to the same end', async () => {
    const old = await begin(OLD);
    const oldFailed = await begin(OLD_FAILED);
    expect(await markersOf(old)).toBe(0);

    await world.replaceWorker();
    await goOnTo(70, old);
    expect(await markersOf(old)).toBeGreaterThan(0);
    await world.replaceWorker();
    await finish(OLD, old);
    await fail(oldFailed);
    expect(await old.handle.result()).toEqual({ status: 'ACCEPTED' });
    expect(await oldFailed.handle.result()).toEqual({ status: 'FAILED' });

    const fresh = await begin(NEW);
    await goOnTo(70, fresh);
    await finish(NEW, fresh);
    const freshFailed = await begin(NEW_FAILED);
    await fail(freshFailed);
    expect(await fresh.handle.result()).toEqual({ status: 'ACCEPTED' });
    expect(await freshFailed.handle.result()).toEqual({ status: 'FAILED' });
    expect(actsOf(OLD)).toEqual(actsOf(NEW));
    expect(actsOf(OLD_FAILED)).toEqual(actsOf(NEW_FAILED));
  });

  it('counts reminders by today’s rule from where both rules first differ', async () => {
    await world.replaceWorker('old');
    const old = await world.begin(OLD_REMINDED, factsBetween(-1, 20));
    await old.act(command('approve-plan', 25, OLD_REMINDED));
    await old.tell(dayAt(85));
    await hasStated(OLD_REMINDED, 'reminder/CONTRACTED/2');
    await world.replaceWorker();
    await old.tell(dayAt(86));
    await old.handle.query('progress');
    // That runs are listed at all is a patch of its own.
    expect(await markersOf(old)).toBe(1);
    const paper = { step: 'CONTRACTED', evidenceSha256: 'a'.repeat(64), fileName: 'a.pdf' };
    await old.learn(fact('evidence-handed-in', 87, paper));
    await old.tell(dayAt(88));
    await old.handle.query('progress');
    expect(await markersOf(old)).toBe(2);
    await world.replaceWorker();
    await old.learn(fact('supplier-withdrew', 90, { failure: { group: 'DARE_NOT', cause: 'CASH' } }));
    await old.tell(dayAt(91));
    expect(await old.handle.result()).toEqual({ status: 'WITHDRAWN' });
  });

  it('reads returns from their time on once one comes that today’s code is told of', async () => {
    const reservedAt = (firm: string) =>
      actsOf(firm).find(({ type }) => type === 'onboarding.subsidy-reserved.v1')?.time;
    /** The plan was approved on day 25 and given back on day 27, before time was told. */
    const giveBack = async (firm: string): Promise<Onboarding> => {
      const onboarding = await world.begin(firm, factsBetween(-1, 20));
      await onboarding.act(command('approve-plan', 25, firm, { actId: 'first' }));
      await onboarding.act(command('return-step', 27, firm, { actId: 'back', step: 'PLAN_APPROVED' }));
      await onboarding.tell(dayAt(30));
      await hasStated(firm, 'identity-verified');
      return onboarding;
    };
    await giveBack(NEW_RETURNED);
    await hasStated(NEW_RETURNED, 'subsidy-reserved');
    expect(reservedAt(NEW_RETURNED)).toBe(dayAt(25));

    await world.replaceWorker('old');
    const old = await giveBack(OLD_RETURNED);
    await world.replaceWorker();
    await old.act(command('approve-plan', 35, OLD_RETURNED, { actId: 'second' }));
    await old.learn(...factsBetween(25, 60));
    await old.tell(dayAt(62));
    await hasStated(OLD_RETURNED, 'devices-registered');
    expect(reservedAt(OLD_RETURNED)).toBe(dayAt(35));
    const markers = await markersOf(old);
    await old.act(command('return-step', 64, OLD_RETURNED, { actId: 'again', step: 'TRAINED' }));
    await old.tell(dayAt(65));
    await old.handle.query('progress');
    expect(await markersOf(old)).toBe(markers + 1);
    await world.replaceWorker();
    await old.learn(fact('supplier-withdrew', 90, { failure: { group: 'DARE_NOT', cause: 'CASH' } }));
    await old.tell(dayAt(91));
    expect(await old.handle.result()).toEqual({ status: 'WITHDRAWN' });
  });

  it('asks for data anew with each go-live once a correction comes that today’s code is told of', async () => {
    await world.replaceWorker('old');
    const old = await begin(OLD_CORRECTED);
    await old.learn(...factsBetween(40, 110));
    await old.tell(dayAt(112));
    await hasStated(OLD_CORRECTED, 'use-sustained');
    const again = fact('go-live-confirmed', 250, {}, 'again');
    await old.learn(correction('/test go-live-confirmed', 240), again);
    await old.tell(dayAt(251));
    const live = async () =>
      (await old.handle.query<Progress>('progress')).steps.find(({ step }) => step === 'LIVE')?.state;
    // As earlier code did, although the last data are of day 135.
    expect(await live()).toBe('DONE');

    await world.replaceWorker();
    await old.tell(dayAt(252));
    expect(await live()).toBe('DONE');
    expect(await patchesOf(old)).not.toContain('use-since-go-live');
    await old.learn(correction(again.id, 255), fact('go-live-confirmed', 260, {}, 'a third time'));
    await old.tell(dayAt(261));
    expect(await live()).not.toBe('DONE');
    expect(await patchesOf(old)).toContain('use-since-go-live');
    await world.replaceWorker();
    await old.learn(fact('supplier-withdrew', 270, { failure: { group: 'DARE_NOT', cause: 'CASH' } }));
    await old.tell(dayAt(271));
    expect(await old.handle.result()).toEqual({ status: 'WITHDRAWN' });
  });

  it('is listed under the leader that nominated it after its application, once today’s code looks', async () => {
    await world.replaceWorker('old');
    const old = await world.begin(OLD_APPLIED, [fact('supplier-applied', 0, { supplierName: 'S' })]);
    await old.learn(fact('supplier-nominated', 5, { leaderUscc: 'leader' }));
    await old.tell(dayAt(6));
    await hasStated(OLD_APPLIED, 'identity-verified');
    await world.replaceWorker();
    await old.tell(dayAt(7));
    await old.handle.query('progress');
    expect(await patchesOf(old)).toContain('leader-after-application');
    await world.replaceWorker();
    await old.learn(fact('supplier-withdrew', 10, { failure: { group: 'DARE_NOT', cause: 'CASH' } }));
    await old.tell(dayAt(11));
    expect(await old.handle.result()).toEqual({ status: 'WITHDRAWN' });
  });

  it('hears of providers only the one engaged, once another reports that today’s code is told of', async () => {
    const failed = (day: number, final: boolean) =>
      fact('step-failed', day, { step: 'DEPLOYED', providerUscc: 'stranger', final }, `failed on ${day}`);
    const attempts = async () =>
      (await old.handle.query<Progress>('progress')).steps.find(({ step }) => step === 'DEPLOYED')?.attempts;
    await world.replaceWorker('old');
    const old = await begin(OLD_MEDDLED);
    await old.learn(failed(50, false));
    await old.tell(dayAt(51));
    expect(await attempts()).toHaveLength(1);

    await world.replaceWorker();
    await old.tell(dayAt(52));
    expect(await attempts()).toHaveLength(1);
    expect(await patchesOf(old)).not.toContain('heard-if-engaged');
    await old.learn(failed(60, true));
    await old.tell(dayAt(61));
    expect(await attempts()).toEqual([]);
    expect(await patchesOf(old)).toContain('heard-if-engaged');
    await world.replaceWorker();
    await old.learn(fact('supplier-withdrew', 90, { failure: { group: 'DARE_NOT', cause: 'CASH' } }));
    await old.tell(dayAt(91));
    expect(await old.handle.result()).toEqual({ status: 'WITHDRAWN' });
  });
});
