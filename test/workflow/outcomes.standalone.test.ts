import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActCommand } from '../../schemas/api/acts.ts';
import type { Fact } from '../../workflows/onboarding/facts.ts';
import { CURRENT_PROGRAMME_VERSION } from '../../workflows/onboarding/programme.ts';
import { testUscc } from '../support/events.ts';
import { historyCost } from '../support/historyCost.ts';
import { runToText } from '../support/historyFile.ts';
import { actCommand, PROGRAMME } from '../support/onboardingEvents.ts';
import { ACCEPTED_DATA, acceptedFacts, BESIDE_OUTCOME, dayAt, fact } from '../support/onboardingFacts.ts';
import { eventually } from '../support/stream.ts';
import { type Onboarding, openWorkflowWorld, type WorkflowWorld } from '../support/workflowWorld.ts';

let world: WorkflowWorld;
let serial = 500;
const nextFirm = (): string => testUscc(serial++);
const REFUSED_FIRM = testUscc(499);

beforeAll(async () => {
  world = await openWorkflowWorld({ refusedFirms: new Set([REFUSED_FIRM]) });
});
afterAll(() => world.close());

const actsOf = (firm: string): string[] =>
  world.acts
    .filter((act) => act.data.supplierUscc === firm)
    .map((act) => act.id.slice(act.id.indexOf(firm) + firm.length + 1));
const closingOf = (firm: string) =>
  world.acts.find((act) => act.data.supplierUscc === firm && act.type === 'onboarding.closed.v1')?.data;

const outcomesOf = (firm: string) =>
  world.acts
    .filter((act) => act.data.supplierUscc === firm && act.type === 'onboarding.outcome-measured.v1')
    .map((act) => act.data);

/** Facts up to a day, the human acts left out: people do those through the update. */
const factsUpTo = (day: number) => {
  const byPeople = [
    'onboarding.plan-approved.v1',
    'onboarding.self-assessed.v1',
    'onboarding.finance-audited.v1',
  ];
  return acceptedFacts().filter((one) => one.time <= dayAt(day) && !byPeople.includes(one.type));
};
const command = (act: string, day: number, firm: string, fields: Record<string, unknown> = {}) =>
  ActCommand.parse(actCommand(act, dayAt(day), fields, firm));

/** Keeps a finished run's history for the replay test, when asked to. */
async function keepHistory(name: string, onboarding: Onboarding): Promise<void> {
  if (!process.env.RECORD_HISTORIES) return;
  const folder = join(process.cwd(), 'test', 'replay', 'histories');
  mkdirSync(folder, { recursive: true });
  const { handle } = onboarding;
  const run = { workflowId: handle.workflowId, history: await handle.fetchHistory() };
  writeFileSync(join(folder, `${CURRENT_PROGRAMME_VERSION}.${name}.json`), runToText(run));
}

async function throughContract(firm: string): Promise<Onboarding> {
  const onboarding = await world.begin(firm, factsUpTo(20));
  await onboarding.act(command('approve-plan', 25, firm));
  await onboarding.learn(...factsUpTo(40).slice(-1));
  await onboarding.tell(dayAt(45));
  await eventually('the devices', async () => actsOf(firm).includes('devices-registered'));
  return onboarding;
}

describe('how an onboarding ends', () => {
  it('is accepted, one event at a time, and stays cheap', async () => {
    const firm = nextFirm();
    world.dataTimes = ACCEPTED_DATA;
    const onboarding = await throughContract(firm);
    const learnOneByOne = async (facts: Fact[]): Promise<void> => {
      for (const one of facts) {
        await onboarding.learn(one);
        // An answer comes only after the signal has been worked on.
        await onboarding.handle.query('progress');
      }
    };
    await learnOneByOne(factsUpTo(110).filter((each) => each.time > dayAt(40)));
    await onboarding.tell(dayAt(76));
    await onboarding.act(command('self-assess', 120, firm, { edition: '2024', score: 45, level: 2 }));
    await onboarding.act(command('audit-finance', 135, firm, { outcome: 'matched' }));
    await learnOneByOne(factsUpTo(150).filter((each) => each.time > dayAt(110)));
    await onboarding.tell(dayAt(106));
    await onboarding.tell(dayAt(160));
    await eventually('the closing', async () => closingOf(firm) !== undefined);
    await onboarding.handle.query('progress');
    const cost = historyCost((await onboarding.handle.fetchHistory()).events ?? []);
    process.stderr.write(`accepted path: ${JSON.stringify(cost)}\n`);
    expect(cost.actions).toBeLessThanOrEqual(60);
    expect(cost.events).toBeLessThanOrEqual(400);
    expect([...actsOf(firm)].sort()).toEqual([
      `act/approve-plan-${firm}`,
      `act/audit-finance-${firm}`,
      `act/self-assess-${firm}`,
      'closed',
      'credential-issued',
      'data-connected',
      'devices-registered',
      'identity-verified',
      'provider-reserved',
      'registered',
      'subsidy-reserved',
      'tenant-created',
      'use-sustained',
    ]);
    expect(closingOf(firm)).toMatchObject({ status: 'ACCEPTED', stage: 'ACCEPTED', failureReason: null });
    expect(world.platform.tenant(`${PROGRAMME}.${firm}`)).toMatchObject({ status: 'active' });
    await onboarding.tell(dayAt(500));
    expect(await onboarding.handle.result()).toEqual({ status: 'ACCEPTED' });
    expect(actsOf(firm).slice(-3)).toEqual(['outcome/3', 'outcome/6', 'outcome/12']);
    expect(outcomesOf(firm)).toMatchObject([
      { windowMonths: 3, verdict: 'gain', isSuperficial: false, displacement: [BESIDE_OUTCOME] },
      { windowMonths: 6, verdict: 'gain', isSuperficial: true },
      { windowMonths: 12, verdict: 'gain', isSuperficial: true },
    ]);
    await keepHistory('accepted', onboarding);
  });

  it('is declined by an approver, with the reason; nothing was done on the platform', async () => {
    const firm = nextFirm();
    const onboarding = await world.begin(firm, factsUpTo(20));
    await onboarding.act(command('decline-plan', 30, firm, { reason: 'the price is out of proportion' }));
    await onboarding.tell(dayAt(31));
    expect(await onboarding.handle.result()).toEqual({ status: 'DECLINED' });
    expect(closingOf(firm)).toMatchObject({ status: 'DECLINED', stage: 'PLAN_FILED' });
    expect(world.platform.tenant(`${PROGRAMME}.${firm}`)).toBeUndefined();
    await keepHistory('declined', onboarding);
  });

  it('is withdrawn: credential and tenant are taken back, in reverse', async () => {
    const firm = nextFirm();
    const onboarding = await throughContract(firm);
    await onboarding.act(
      command('withdraw', 50, firm, { failureReason: { group: 'DARE_NOT', cause: 'CASH' } }),
    );
    await onboarding.tell(dayAt(51));
    expect(await onboarding.handle.result()).toEqual({ status: 'WITHDRAWN' });
    expect(actsOf(firm).slice(-6)).toEqual([
      'devices-removed',
      'credential-revoked',
      'tenant-disabled',
      'provider-released',
      'subsidy-released',
      'closed',
    ]);
    expect(closingOf(firm)).toMatchObject({
      status: 'WITHDRAWN',
      failureReason: { group: 'DARE_NOT', cause: 'CASH' },
    });
    expect(world.platform.tenant(`${PROGRAMME}.${firm}`)).toMatchObject({
      status: 'disabled',
      credential: 'revoked',
    });
    await keepHistory('withdrawn', onboarding);
  });

  it('fails at last after an attempt that failed, and both attempts are kept', async () => {
    const firm = nextFirm();
    const onboarding = await throughContract(firm);
    const failure = { group: 'UNABLE', cause: 'NO_ERP' } as const;
    await onboarding.learn(
      fact('step-failed', 60, { step: 'DEPLOYED', failure, final: false }, 'first'),
      fact('step-failed', 90, { step: 'DEPLOYED', failure, final: true }, 'second'),
    );
    await onboarding.tell(dayAt(91));
    expect(await onboarding.handle.result()).toEqual({ status: 'FAILED' });
    expect(closingOf(firm)).toMatchObject({
      status: 'FAILED',
      stage: 'IMPLEMENTING',
      failureReason: failure,
    });
    expect(world.platform.tenant(`${PROGRAMME}.${firm}`)).toMatchObject({ status: 'disabled' });
    await keepHistory('failed', onboarding);
  });

  it('fails when the platform refuses for good', async () => {
    const onboarding = await world.begin(REFUSED_FIRM, factsUpTo(20));
    await onboarding.act(command('approve-plan', 25, REFUSED_FIRM));
    await onboarding.learn(...factsUpTo(40).slice(-1));
    await onboarding.tell(dayAt(45));
    expect(await onboarding.handle.result()).toEqual({ status: 'FAILED' });
    expect(actsOf(REFUSED_FIRM).slice(-5)).toEqual([
      'platform-refused/create-tenant',
      'tenant-disabled',
      'provider-released',
      'subsidy-released',
      'closed',
    ]);
    await keepHistory('refused', onboarding);
  });

  it('expires when the window closes, after the whole ladder of reminders', async () => {
    const firm = nextFirm();
    const onboarding = await world.begin(firm, factsUpTo(10));
    await onboarding.tell(dayAt(600));
    expect(await onboarding.handle.result()).toEqual({ status: 'EXPIRED' });
    expect(actsOf(firm)).toEqual([
      'registered',
      'identity-verified',
      'reminder/PLAN_FILED/1',
      'reminder/PLAN_FILED/2',
      'reminder/PLAN_FILED/3',
      'expiry-announced/60',
      'expiry-announced/14',
      'closed',
    ]);
    await keepHistory('expired', onboarding);
  });

  it('goes on where it was after handing over to a fresh run', async () => {
    const firm = nextFirm();
    const onboarding = await world.begin(firm, factsUpTo(10), { handOverAfterEvents: 12 });
    const firstRun = (await onboarding.handle.describe()).runId;
    for (const day of [11, 12, 13, 14]) await onboarding.tell(dayAt(day));
    await onboarding.learn(...factsUpTo(20).slice(-1));
    const approval = command('approve-plan', 25, firm);
    await onboarding.act(approval);
    await onboarding.tell(dayAt(26));
    await eventually('a fresh run', async () => (await onboarding.handle.describe()).runId !== firstRun);
    const again = await onboarding.act(approval, 'sent-anew');
    expect(again.duplicate).toBe(true);
    await onboarding.learn(
      fact('supplier-withdrew', 35, { failure: { group: 'BUSINESS', cause: 'MERGED' } }),
    );
    await onboarding.tell(dayAt(36));
    expect(await onboarding.handle.result()).toEqual({ status: 'WITHDRAWN' });
    expect([...actsOf(firm)].sort()).toEqual([
      `act/approve-plan-${firm}`,
      'closed',
      'identity-verified',
      'provider-released',
      'provider-reserved',
      'registered',
      'subsidy-released',
      'subsidy-reserved',
    ]);
    const last = (await onboarding.handle.fetchHistory()).events?.[0];
    expect(last?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId).not.toBe('');
    await keepHistory('handed-over', onboarding);
  });
});
