import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActCommand } from '../../schemas/api/acts.ts';
import { DAY_MS } from '../../schemas/time.ts';
import type { Progress } from '../../workflows/onboarding/progress.ts';
import { addSpan } from '../../workflows/onboarding/workingDays.ts';
import { testUscc } from '../support/events.ts';
import { actCommand, PROGRAMME, PROVIDER } from '../support/onboardingEvents.ts';
import { acceptedFacts, dayAt, fact } from '../support/onboardingFacts.ts';
import { eventually } from '../support/stream.ts';
import { openWorkflowWorld, type WorkflowWorld } from '../support/workflowWorld.ts';

let world: WorkflowWorld;
let serial = 700;
const nextFirm = (): string => testUscc(serial++);

beforeAll(async () => {
  world = await openWorkflowWorld();
});
afterAll(() => world.close());

const command = (act: string, day: number, firm: string, fields: Record<string, unknown> = {}) =>
  ActCommand.parse(actCommand(act, dayAt(day), fields, firm));
const actsOf = (firm: string) => world.acts.filter((act) => act.data.supplierUscc === firm);
const filed = () => acceptedFacts().slice(0, 3);

/** The code of the catalogue with which an update was refused. */
async function refusalOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'taken';
  } catch (error) {
    const { cause } = error as { cause?: { type?: string } };
    return cause?.type ?? String(error);
  }
}

describe('what people do', () => {
  it('the same act sent twice has one effect', async () => {
    const firm = nextFirm();
    const onboarding = await world.begin(firm, filed());
    const approval = command('approve-plan', 25, firm);
    const first = await onboarding.act(approval);
    const second = await onboarding.act(approval, 'another-try');
    expect(first.duplicate).toBe(false);
    expect(second).toEqual({ ...first, duplicate: true });
    expect(actsOf(firm).filter((act) => act.type === 'onboarding.plan-approved.v1')).toHaveLength(1);
    expect(
      await refusalOf(onboarding.act({ ...approval, reason: 'something else' } as ActCommand, 'x')),
    ).toBe('CONFLICT');
  });

  it.each([
    [
      'an act nobody waits for',
      'self-assess',
      25,
      { edition: '2024', score: 40, level: 2 },
      'NOT_WAITING_FOR_THIS',
    ],
    ['an act before its step', 'approve-plan', 15, {}, 'NOT_WAITING_FOR_THIS'],
    [
      'the leader approves its own supplier',
      'approve-plan',
      25,
      { actor: { name: 'Zhao', role: 'leader' } },
      'SEPARATION_OF_DUTIES',
    ],
    [
      'the provider approves as bureau',
      'approve-plan',
      25,
      { actor: { name: 'Qian', role: 'bureau', uscc: PROVIDER } },
      'SEPARATION_OF_DUTIES',
    ],
  ])('%s is refused', async (_, act, day, fields, code) => {
    const firm = nextFirm();
    const facts = filed().map((one) =>
      one.data.providerUscc ? { ...one, data: { ...one.data, providerUscc: PROVIDER } } : one,
    );
    const onboarding = await world.begin(firm, facts);
    expect(await refusalOf(onboarding.act(command(act, day, firm, fields)))).toBe(code);
    expect(actsOf(firm)).toEqual([]);
  });

  it('a decline without a reason, an act in the future, an act after the end are refused', async () => {
    const firm = nextFirm();
    const onboarding = await world.begin(firm, filed());
    const decline = { ...command('decline-plan', 25, firm), reason: '   ' } as ActCommand;
    expect(await refusalOf(onboarding.act(decline))).toBe('REASON_REQUIRED');
    const late = { ...command('approve-plan', 25, firm), at: '2999-01-01T00:00:00Z' };
    expect(await refusalOf(onboarding.act(late))).toBe('BAD_INPUT');
    await onboarding.learn(fact('supplier-withdrew', 24));
    expect(await refusalOf(onboarding.act(command('approve-plan', 25, firm)))).toBe('ALREADY_CLOSED');
  });

  it('a request to cancel the workflow is not an ending', async () => {
    const firm = nextFirm();
    const onboarding = await world.begin(firm, filed());
    await onboarding.handle.cancel();
    await onboarding.act(command('approve-plan', 25, firm));
    const progress = await onboarding.handle.query<Progress>('progress');
    expect(progress.status).toBe('ACTIVE');
    await onboarding.learn(fact('supplier-withdrew', 30));
    await onboarding.tell(dayAt(31));
    expect(await onboarding.handle.result()).toEqual({ status: 'WITHDRAWN' });
  });
});

describe('time and trouble', () => {
  it('reminds by a durable timer of its own once the clock on the wall leads', async () => {
    const firm = nextFirm();
    world.watermark = null;
    const now = await world.environment.currentTimeMs();
    const nominated = { ...filed()[0]!, time: new Date(now).toISOString() };
    const onboarding = await world.begin(firm, [nominated]);
    await onboarding.tell(nominated.time);
    await world.environment.sleep(61 * DAY_MS);
    await eventually('the first reminder', async () =>
      actsOf(firm).some((act) => act.id.endsWith('/reminder/DIAGNOSED/1')),
    );
    await world.environment.sleep(16 * DAY_MS);
    await eventually('the second', async () =>
      actsOf(firm).some((act) => act.id.endsWith('/reminder/DIAGNOSED/2')),
    );
    const diagnosed = {
      ...filed()[1]!,
      time: new Date(await world.environment.currentTimeMs()).toISOString(),
    };
    await onboarding.learn(diagnosed);
    await world.environment.sleep(20 * DAY_MS);
    const reminders = actsOf(firm).filter((act) => act.type === 'onboarding.reminder-sent.v1');
    expect(reminders.map((act) => act.data.recipient)).toEqual(['rater', 'leader']);
  });

  it('rings for what falls due because a step was given back, before the stream has come that far', async () => {
    const firm = nextFirm();
    world.watermark = null;
    const start = await world.environment.currentTimeMs();
    const at = (days: number): string => new Date(start + days * DAY_MS).toISOString();
    const onboarding = await world.begin(
      firm,
      filed().map((one) => ({ ...one, time: at(0) })),
    );
    await onboarding.tell(at(0));
    await onboarding.act({ ...command('approve-plan', 0, firm), at: at(0) });
    await world.environment.sleep(DAY_MS);
    await onboarding.act({ ...command('return-step', 0, firm, { step: 'PLAN_APPROVED' }), at: at(1) });
    // Twenty working days from the return; the supplier would have had thirty from the approval for the contract.
    const due = addSpan(at(1), { days: 20, count: 'working' });
    await world.environment.sleep(Date.parse(due) - (await world.environment.currentTimeMs()) + DAY_MS);
    await eventually('the reminder', async () =>
      actsOf(firm).some(({ type, data }) => type.includes('reminder') && data.step === 'PLAN_APPROVED'),
    );
    expect(actsOf(firm).find(({ type }) => type.includes('reminder'))?.time).toBe(due);
  });

  it('a timer that rings before the stream has come that far changes nothing', async () => {
    const firm = nextFirm();
    const now = await world.environment.currentTimeMs();
    const nominated = { ...filed()[0]!, time: new Date(now).toISOString() };
    world.watermark = nominated.time;
    const onboarding = await world.begin(firm, [nominated]);
    await onboarding.tell(nominated.time);
    await world.environment.sleep(70 * DAY_MS);
    expect(actsOf(firm).map((act) => act.type)).not.toContain('onboarding.reminder-sent.v1');
    await onboarding.tell(new Date(now + 61 * DAY_MS).toISOString());
    await eventually('the reminder', async () =>
      actsOf(firm).some((act) => act.type === 'onboarding.reminder-sent.v1'),
    );
    world.watermark = null;
  });

  it('waits out a platform that is down', async () => {
    const firm = nextFirm();
    world.platform.setDown(true);
    const onboarding = await world.begin(firm, [...filed(), acceptedFacts()[4]!]);
    await onboarding.act(command('approve-plan', 25, firm));
    await onboarding.tell(dayAt(45));
    await sleep(300);
    expect(actsOf(firm).map((act) => act.type)).not.toContain('onboarding.identity-verified.v1');
    world.platform.setDown(false);
    await world.environment.sleep(DAY_MS);
    await eventually('the credential', async () =>
      actsOf(firm).some((act) => act.type === 'onboarding.credential-issued.v1'),
    );
    expect(world.platform.tenant(`${PROGRAMME}.${firm}`)).toMatchObject({
      status: 'active',
      credential: 'issued',
    });
  });
});
