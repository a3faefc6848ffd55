import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultPlan, faultOf } from '../../services/simulator/platform/faults.ts';
import type { OnboardingInput } from '../../workflows/onboarding/messages.ts';
import { testUscc } from '../support/events.ts';
import { PROGRAMME } from '../support/onboardingEvents.ts';
import { acceptedFacts, dayAt, fact } from '../support/onboardingFacts.ts';
import { eventually } from '../support/stream.ts';
import { type Onboarding, openWorkflowWorld, type WorkflowWorld } from '../support/workflowWorld.ts';

/** Two of three requests are answered wrongly, too late, twice, or not at all. */
const FAULTS: FaultPlan = {
  seed: 7,
  errorPerMille: 200,
  busyPerMille: 100,
  lostReplyPerMille: 150,
  duplicatePerMille: 100,
  slowPerMille: 100,
  slowMs: 3_000,
};
const UNDONE = ['devices-removed', 'credential-revoked', 'tenant-disabled'];
const RELEASED = ['provider-released', 'subsidy-released', 'closed'];

let world: WorkflowWorld;
beforeAll(async () => {
  world = await openWorkflowWorld({
    faults: FAULTS,
    platformTimeoutMs: 1_500,
    circuit: { afterFailures: 1_000, halfOpenAfterMs: 10 },
  });
});
afterAll(() => world.close());

const namesOf = (firm: string) =>
  world.acts
    .filter((act) => act.data.supplierUscc === firm)
    .map((act) => act.id.slice(act.id.indexOf(firm) + firm.length + 1));
const actOf = (firm: string, name: string) =>
  world.acts.find((act) => act.data.supplierUscc === firm && act.id.endsWith(`/${name}`));
const effectsOf = (firm: string) => world.platform.effects(`${PROGRAMME}.${firm}`);
const withdrawal = () => fact('supplier-withdrew', 50, { failure: { group: 'BUSINESS', cause: 'CLOSED' } });

async function provisioned(firm: string, options: Partial<OnboardingInput> = {}): Promise<Onboarding> {
  const onboarding = await world.begin(firm, acceptedFacts().slice(0, 5), options);
  await onboarding.tell(dayAt(41));
  await world.environment.sleep('2 hours');
  await eventually('the devices', async () => namesOf(firm).includes('devices-registered'));
  return onboarding;
}

const runOf = async ({ handle }: Onboarding): Promise<string> => (await handle.describe()).runId;

async function withdraw(onboarding: Onboarding): Promise<void> {
  await onboarding.learn(withdrawal());
  await onboarding.tell(dayAt(51));
}

describe('compensation by a platform that misbehaves', () => {
  it('undoes each thing once, in reverse, whatever becomes of requests and replies', async () => {
    const firms = Array.from({ length: 8 }, (_, nth) => testUscc(820 + nth));
    const met = new Set<string>();
    for (const firm of firms) {
      const onboarding = await provisioned(firm);
      await withdraw(onboarding);
      expect(await onboarding.handle.result()).toEqual({ status: 'WITHDRAWN' });
      expect(effectsOf(firm)).toEqual([
        'tenant-created',
        'credential-issued',
        'devices-registered',
        ...UNDONE,
      ]);
      expect(namesOf(firm).slice(-6)).toEqual([...UNDONE, ...RELEASED]);
      for (const operation of ['remove-devices', 'revoke-credential', 'disable-tenant'])
        met.add(faultOf(FAULTS, `${onboarding.handle.workflowId}/${operation}`, 1));
    }
    expect([...met].sort()).toEqual(['busy', 'duplicate', 'error', 'lost-reply', 'none', 'slow']);
  });

  it('waits out an outage in the middle of it, and hands nothing to a person', async () => {
    const firm = testUscc(840);
    const onboarding = await provisioned(firm);
    world.platform.setDown(true);
    await withdraw(onboarding);
    await world.environment.sleep('12 hours');
    expect(effectsOf(firm)).toHaveLength(3);
    world.platform.setDown(false);
    expect(await onboarding.handle.result()).toEqual({ status: 'WITHDRAWN' });
    expect(effectsOf(firm).slice(3)).toEqual(UNDONE);
    expect(namesOf(firm).slice(-6)).toEqual([...UNDONE, ...RELEASED]);
  });

  it('goes on from where it was in a fresh run, when much piles up while the platform is down for hours', async () => {
    const firm = testUscc(844);
    const onboarding = await provisioned(firm, { handOverAfterEvents: 60 });
    world.platform.setDown(true);
    await withdraw(onboarding);
    const before = await runOf(onboarding);
    for (let hour = 0; hour < 12; hour++) {
      for (const minute of [0, 15, 30, 45]) await onboarding.tell(dayAt(52 + hour / 24 + minute / 1440));
      await world.environment.sleep('1 hour');
    }
    await eventually('a fresh run', async () => (await runOf(onboarding)) !== before);
    // An earlier ending that is heard of only now changes nothing: the closing is decided.
    await onboarding.learn(fact('step-failed', 49, { step: 'DEPLOYED', final: true }));
    world.platform.setDown(false);
    expect(await onboarding.handle.result()).toEqual({ status: 'WITHDRAWN' });
    expect(effectsOf(firm).slice(3)).toEqual(UNDONE);
    expect(namesOf(firm).slice(-6)).toEqual([...UNDONE, ...RELEASED]);
    expect(namesOf(firm)).toEqual([...new Set(namesOf(firm))]);
  });

  it('hands over what stayed undone, and undoes the rest all the same', async () => {
    const firm = testUscc(841);
    const onboarding = await provisioned(firm, { handOverAfterEvents: 60 });
    world.platform.setDown(true);
    await withdraw(onboarding);
    const before = await runOf(onboarding);
    for (let hour = 0; hour < 20; hour++) {
      for (const minute of [0, 15, 30, 45]) await onboarding.tell(dayAt(52 + hour / 24 + minute / 1440));
      await world.environment.sleep('1 hour');
    }
    await eventually('a fresh run', async () => (await runOf(onboarding)) !== before);
    expect(namesOf(firm).join()).not.toContain('escalated');
    // A day for the devices alone, over all runs; then the platform comes back.
    await world.environment.sleep('5 hours');
    world.platform.setDown(false);
    expect(await onboarding.handle.result()).toEqual({ status: 'WITHDRAWN' });
    expect(namesOf(firm).slice(-6)).toEqual([
      'compensation-escalated/remove-devices',
      'credential-revoked',
      'tenant-disabled',
      ...RELEASED,
    ]);
    expect(effectsOf(firm).slice(3)).toEqual(['credential-revoked', 'tenant-disabled']);
    expect(actOf(firm, 'compensation-escalated/remove-devices')?.data.message).toContain('503');
  });

  it('is safe where its step never happened: the tenant was never made', async () => {
    const firm = testUscc(842);
    const onboarding = await world.begin(firm, acceptedFacts().slice(0, 4));
    await onboarding.tell(dayAt(39));
    await world.environment.sleep('2 hours');
    await eventually('the reservations', async () => namesOf(firm).includes('provider-reserved'));
    world.platform.setDown(true);
    await onboarding.learn(acceptedFacts()[4]!, withdrawal());
    await onboarding.tell(dayAt(51));
    await world.environment.sleep('7 hours');
    world.platform.setDown(false);
    expect(await onboarding.handle.result()).toEqual({ status: 'WITHDRAWN' });
    expect(namesOf(firm).slice(-5)).toEqual([
      'platform-given-up/create-tenant',
      'tenant-disabled',
      ...RELEASED,
    ]);
    expect(actOf(firm, 'tenant-disabled')?.data).toMatchObject({ existed: false });
    expect(actOf(firm, 'subsidy-released')?.data).toMatchObject({ existed: true });
    expect(effectsOf(firm)).toEqual([]);
  });

  it('undoes once what was begun twice, since nobody answered for hours', async () => {
    const firm = testUscc(843);
    const onboarding = await world.begin(firm, acceptedFacts().slice(0, 4), { handOverAfterEvents: 40 });
    await onboarding.tell(dayAt(39));
    await world.environment.sleep('2 hours');
    await eventually('the reservations', async () => namesOf(firm).includes('provider-reserved'));
    world.platform.setDown(true);
    await onboarding.learn(acceptedFacts()[4]!);
    const before = await runOf(onboarding);
    for (let hour = 0; hour < 20; hour++) await onboarding.tell(dayAt(41 + hour / 24));
    await world.environment.sleep('7 hours');
    // What piles up meanwhile is handed over to a fresh run, which knows that the tenant was asked for.
    await eventually('a fresh run', async () => (await runOf(onboarding)) !== before);
    world.platform.setDown(false);
    await world.environment.sleep('2 hours');
    await eventually('the devices', async () => namesOf(firm).includes('devices-registered'));
    await withdraw(onboarding);
    expect(await onboarding.handle.result()).toEqual({ status: 'WITHDRAWN' });
    expect(namesOf(firm).slice(-6)).toEqual([...UNDONE, ...RELEASED]);
  });
});
