import { randomUUID } from 'node:crypto';
import { defineSearchAttributeKey } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActCommand } from '../../schemas/api/acts.ts';
import { SEARCH_ATTRIBUTES } from '../../schemas/searchAttributes.ts';
import { submitAct } from '../../services/gateway/adapters/acts.ts';
import { documentOf } from '../../services/onboarding/readModel/document.ts';
import { actIdentity, factOf } from '../../workflows/onboarding/facts.ts';
import type { Progress } from '../../workflows/onboarding/progress.ts';
import { LEADER, testUscc } from '../support/events.ts';
import { actCommand, PLATFORM, PROGRAMME, PROVIDER } from '../support/onboardingEvents.ts';
import { acceptedFacts, correction, dayAt, fact } from '../support/onboardingFacts.ts';
import { eventually } from '../support/stream.ts';
import { type Onboarding, openWorkflowWorld, type WorkflowWorld } from '../support/workflowWorld.ts';

let world: WorkflowWorld;
let serial = 900;
const nextFirm = (): string => testUscc(serial++);
const OTHER_PROVIDER = testUscc(899);
const SHA = 'a'.repeat(64);
const LEADER_LISTED = defineSearchAttributeKey(SEARCH_ATTRIBUTES.leader, 'KEYWORD');

beforeAll(async () => {
  world = await openWorkflowWorld();
});
afterAll(() => world.close());

const command = (act: string, day: number, firm: string, fields: Record<string, unknown> = {}) =>
  ActCommand.parse(actCommand(act, dayAt(day), { actId: `${act}-${day}`, ...fields }, firm));
const submit = (act: ActCommand) =>
  submitAct({ client: world.environment.client }, act, randomUUID, async () => null);
const actsOf = (firm: string) => world.acts.filter((act) => act.data.supplierUscc === firm);
const namesOf = (firm: string) => actsOf(firm).map((act) => act.id.split(`${firm}/`)[1]);
const planned = () =>
  acceptedFacts()
    .slice(0, 3)
    .map((one) => (one.data.providerUscc ? { ...one, data: { ...one.data, providerUscc: PROVIDER } } : one));
const stepOf = async (onboarding: Onboarding, name: string) =>
  (await onboarding.handle.query<Progress>('progress')).steps.find(({ step }) => step === name);

async function refusalOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'taken';
  } catch (error) {
    const { cause, code } = error as { cause?: { type?: string }; code?: string };
    return code ?? cause?.type ?? String(error);
  }
}

describe('a firm that nobody nominated', () => {
  it.each([
    'itself',
    'a provider for it',
  ])('is carried when %s applies, and belongs to the leader that nominates it later', async (who) => {
    const firm = nextFirm();
    const place = { supplierName: 'S', cityCode: '510100', industryCode: '3670' };
    const byProvider = who === 'itself' ? {} : { providerUscc: PROVIDER };
    const onboarding = await world.begin(firm, [fact('supplier-applied', 0, { ...place, ...byProvider })]);
    await onboarding.tell(dayAt(1));
    await eventually('its verification', async () => namesOf(firm).includes('identity-verified'));
    const documentNow = () => {
      const facts = [
        ...world.toldTo(firm),
        ...actsOf(firm).map((act) => factOf({ ...act, id: actIdentity(act.id) })),
      ];
      const key = { supplierUscc: firm, platform: PLATFORM, programme: PROGRAMME };
      return documentOf(onboarding.handle.workflowId, key, facts, []);
    };
    expect(documentNow()).toMatchObject({ ...place, stage: 'DIAGNOSED', leaderUscc: null });
    await onboarding.learn(fact('supplier-nominated', 5, { ...place, leaderUscc: LEADER, tier: 2 }));
    await onboarding.tell(dayAt(6));
    expect(documentNow()).toMatchObject({ leaderUscc: LEADER, tier: 2, nominatedAt: new Date(dayAt(0)) });
    await eventually('its leader in the lists', async () => {
      const { typedSearchAttributes } = await onboarding.handle.describe();
      return typedSearchAttributes.get(LEADER_LISTED) === LEADER;
    });
  });
});

describe('a go-live that is confirmed again', () => {
  it.each([
    ['given back', fact('step-returned', 115, { step: 'LIVE' })],
    ['taken back', correction('/test go-live-confirmed', 115)],
  ])('is asked anew whether data still flow, where it was %s', async (_, undone) => {
    const firm = nextFirm();
    world.dataTimes = [75, 105].map(dayAt);
    const onboarding = await world.begin(
      firm,
      acceptedFacts().filter(({ time }) => time <= dayAt(110)),
    );
    await onboarding.tell(dayAt(111));
    await eventually('the first go-live', async () => namesOf(firm).includes('use-sustained'));
    await onboarding.learn(undone, fact('go-live-confirmed', 170, {}, 'confirmed again'));
    await onboarding.tell(dayAt(171));
    expect((await stepOf(onboarding, 'LIVE'))?.state).not.toBe('DONE');
    world.dataTimes = [75, 105, 180].map(dayAt);
    await onboarding.tell(dayAt(181));
    await eventually('the second go-live', async () => namesOf(firm).includes('use-sustained/2'));
    const stated = actsOf(firm).filter(({ type }) => type === 'onboarding.use-sustained.v1');
    expect(stated.map(({ time }) => time)).toEqual([110, 180].map(dayAt));
  });
});

describe('what people can do besides deciding', () => {
  it('a plan given back must be filed anew before it is decided, and both tries stay', async () => {
    const firm = nextFirm();
    const onboarding = await world.begin(firm, planned());
    await onboarding.tell(dayAt(21));
    await onboarding.act(command('return-step', 22, firm, { step: 'PLAN_FILED' }));
    expect(await refusalOf(onboarding.act(command('approve-plan', 23, firm)))).toBe('NOT_WAITING_FOR_THIS');
    await onboarding.learn(fact('plan-filed', 30, { providerUscc: PROVIDER }, 'second-plan'));
    await onboarding.act(command('approve-plan', 31, firm));
    const step = await stepOf(onboarding, 'PLAN_FILED');
    expect(step?.attempts.map(({ outcome }) => outcome)).toEqual(['returned', 'done']);
    expect(await refusalOf(onboarding.act(command('return-step', 32, firm, { step: 'PLAN_FILED' })))).toBe(
      'NOT_WAITING_FOR_THIS',
    );
  });

  it('an act that came too early is taken when it is sent again, also where the run had only just begun', async () => {
    const firm = nextFirm();
    let recall = (): void => {};
    world.recallAfter = new Promise((resolve) => {
      recall = resolve;
    });
    const onboarding = await world.begin(firm, planned().slice(0, 2), {}, 1_000);
    const early = refusalOf(submit(command('approve-plan', 23, firm)));
    await eventually('the act waits for the record', async () =>
      (await onboarding.handle.fetchHistory()).events?.some(
        (event) => event.workflowExecutionUpdateAcceptedEventAttributes,
      ),
    );
    recall();
    expect(await early).toBe('NOT_WAITING_FOR_THIS');
    await onboarding.learn(...planned().slice(2));
    expect(await submit(command('approve-plan', 23, firm))).toMatchObject({ duplicate: false });
    expect(await submit(command('approve-plan', 23, firm))).toMatchObject({ duplicate: true });
    expect(namesOf(firm).filter((name) => name === 'act/approve-plan-23')).toHaveLength(1);
  });

  it('a step is skipped by authority alone, and only where the programme allows', async () => {
    const firm = nextFirm();
    const onboarding = await world.begin(firm, planned());
    const skip = (step: string, fields = {}) =>
      refusalOf(onboarding.act(command('skip-step', 25, firm, { step, actId: `skip-${step}`, ...fields })));
    const bySupplier = { actor: { name: 'Sun', role: 'supplier' }, actId: 'skip-by-supplier' };
    expect(await skip('TRAINED', bySupplier)).toBe('SEPARATION_OF_DUTIES');
    expect(await skip('CONTRACTED')).toBe('SEPARATION_OF_DUTIES');
    expect(await skip('TEA_SERVED')).toBe('BAD_INPUT');
    expect(await skip('TRAINED')).toBe('taken');
    await onboarding.act(command('approve-plan', 26, firm));
    await onboarding.learn(fact('contract-signed', 40, { providerUscc: PROVIDER }));
    await onboarding.tell(dayAt(41));
    await eventually('the contract', async () => (await stepOf(onboarding, 'TRAINED'))?.state !== 'TO_DO');
    expect(await stepOf(onboarding, 'TRAINED')).toMatchObject({ state: 'SKIPPED', waitingOn: null });
  });

  it('evidence is handed in by a party, and a new provider replaces the old one', async () => {
    const firm = nextFirm();
    const onboarding = await world.begin(firm, planned());
    await onboarding.act(command('approve-plan', 25, firm));
    await onboarding.learn(fact('contract-signed', 40, { providerUscc: PROVIDER }));
    await onboarding.tell(dayAt(41));
    const evidence = (day: number, uscc: string) =>
      command('hand-in-evidence', day, firm, {
        step: 'DEPLOYED',
        evidenceSha256: SHA,
        fileName: '部署记录.pdf',
        actor: { name: 'Qian', role: 'provider', uscc },
      });
    expect(await refusalOf(onboarding.act(evidence(50, OTHER_PROVIDER)))).toBe('SEPARATION_OF_DUTIES');
    expect(await refusalOf(onboarding.act(evidence(51, PROVIDER)))).toBe('taken');
    const before = await stepOf(onboarding, 'DEPLOYED');
    expect(before).toMatchObject({
      state: 'IN_PROGRESS',
      waitingOn: 'provider',
      evidence: [{ sha256: SHA }],
    });
    await onboarding.act(command('reassign-provider', 60, firm, { providerUscc: OTHER_PROVIDER }));
    expect(await refusalOf(onboarding.act(evidence(61, PROVIDER)))).toBe('SEPARATION_OF_DUTIES');
    expect(await refusalOf(onboarding.act(evidence(62, OTHER_PROVIDER)))).toBe('taken');
    const after = await stepOf(onboarding, 'DEPLOYED');
    expect(after?.deadline).not.toBe(before?.deadline);

    const engagements = () =>
      actsOf(firm)
        .filter(({ type }) => /provider-(reserved|released)/.test(type))
        .map(({ id, time, data }) => ({
          name: id.slice(id.indexOf(firm) + firm.length + 1),
          ...{ time, of: data.providerUscc ?? data.fromUscc },
        }));
    expect(engagements()).toEqual([{ name: 'provider-reserved', time: dayAt(25), of: PROVIDER }]);
    await onboarding.tell(dayAt(61));
    const moved = [
      { name: 'provider-reserved', time: dayAt(25), of: PROVIDER },
      { name: 'provider-released/1', time: dayAt(60), of: PROVIDER },
      { name: 'provider-reserved/2', time: dayAt(60), of: OTHER_PROVIDER },
    ];
    await eventually('the reservation to follow', async () => engagements().length === moved.length);
    expect(engagements()).toEqual(moved);
    await onboarding.learn(fact('supplier-withdrew', 70, { failure: { group: 'DARE_NOT', cause: 'CASH' } }));
    await onboarding.tell(dayAt(71));
    expect(await onboarding.handle.result()).toEqual({ status: 'WITHDRAWN' });
    expect(engagements()).toEqual([
      ...moved,
      { name: 'provider-released', time: dayAt(70), of: OTHER_PROVIDER },
    ]);
  });

  it('a reservation names the provider and price that stood when the plan was approved, whatever is known by then', async () => {
    const firm = nextFirm();
    const priced = planned().map((one) =>
      one.data.providerUscc ? { ...one, data: { ...one.data, priceFen: 30_000_000 } } : one,
    );
    const onboarding = await world.begin(firm, [
      ...priced,
      fact('plan-approved', 25, { actor: { name: 'Li', role: 'bureau' } }),
      fact('contract-signed', 40, { providerUscc: OTHER_PROVIDER, priceFen: 1 }),
    ]);
    await onboarding.tell(dayAt(41));
    await eventually('the reservations', async () => namesOf(firm).includes('subsidy-reserved'));
    const reserved = (name: string) => actsOf(firm).find(({ id }) => id.endsWith(`${firm}/${name}`))?.data;
    await eventually('the provider', async () => reserved('provider-reserved') !== undefined);
    expect(reserved('provider-reserved')).toMatchObject({ providerUscc: PROVIDER });
    expect(reserved('subsidy-reserved')).toMatchObject({ amountFen: 6_000_000 });
  });

  it('a provider does not rate its own customer: such a rating is a failed attempt', async () => {
    const firm = nextFirm();
    const facts = acceptedFacts().filter(({ type }) => !type.includes('level-assessed'));
    const own = fact('level-assessed', 130, { level: 3, raterUscc: 'provider' });
    const onboarding = await world.begin(firm, [...facts, own]);
    await onboarding.handle.query('progress');
    const step = await stepOf(onboarding, 'ONSITE_RATED');
    expect(step?.attempts).toMatchObject([
      { outcome: 'failed', reason: { group: 'EVIDENCE', cause: 'REJECTED' } },
    ]);
    expect(step?.state).not.toBe('DONE');
  });
});

describe('a closed onboarding', () => {
  it('is reopened by an override with a reason alone; the finding about what came late stays', async () => {
    const firm = nextFirm();
    const onboarding = await world.begin(firm, [
      ...planned(),
      fact('plan-approved', 25, { actor: { name: 'Li', role: 'bureau' } }),
      fact('contract-signed', 40, { providerUscc: PROVIDER }),
    ]);
    await onboarding.tell(dayAt(45));
    await eventually('the devices', async () => namesOf(firm).includes('devices-registered'));
    await onboarding.act(
      command('withdraw', 50, firm, { failureReason: { group: 'DARE_NOT', cause: 'CASH' } }),
    );
    await onboarding.tell(dayAt(51));
    expect(await onboarding.handle.result()).toEqual({ status: 'WITHDRAWN' });
    const tenant = `${PROGRAMME}.${firm}`;
    expect(world.platform.tenant(tenant)).toMatchObject({ status: 'disabled', devices: 0 });

    const reopen = (day: number, role: string) =>
      submit(command('reopen', day, firm, { actor: { name: 'Wang', role } }));
    const late = fact('training-completed', 55);
    world.tellLater(firm, late);
    expect(await refusalOf(reopen(60, 'supplier'))).toBe('SEPARATION_OF_DUTIES');
    const receipt = await reopen(61, 'bureau');
    expect((await reopen(61, 'bureau')).eventId).toBe(receipt.eventId);
    expect(await refusalOf(reopen(62, 'bureau'))).toBe('NOT_WAITING_FOR_THIS');
    await onboarding.tell(dayAt(62));
    await eventually('the second tenant', async () => namesOf(firm).includes('devices-registered/round-2'));
    expect(world.platform.tenant(tenant)).toMatchObject({
      status: 'active',
      credential: 'issued',
      devices: 3,
    });

    const facts = [
      ...world.toldTo(firm),
      ...actsOf(firm).map((act) => factOf({ ...act, id: actIdentity(act.id) })),
    ];
    const key = { supplierUscc: firm, platform: PLATFORM, programme: PROGRAMME };
    const document = documentOf(onboarding.handle.workflowId, key, facts, []);
    expect(document).toMatchObject({
      status: 'ACTIVE',
      stage: 'IMPLEMENTING',
      findings: [{ code: 'LATE_AFTER_CLOSE', eventId: late.id }],
    });
    expect(document.steps.find(({ step }) => step === 'TRAINED')?.state).toBe('DONE');

    await onboarding.act(
      command('withdraw', 70, firm, { failureReason: { group: 'BUSINESS', cause: 'CLOSED' } }),
    );
    await onboarding.tell(dayAt(71));
    expect(await onboarding.handle.result()).toEqual({ status: 'WITHDRAWN' });
    expect(namesOf(firm).filter((name) => name?.startsWith('closed'))).toEqual(['closed', 'closed/round-2']);
    expect(world.platform.tenant(tenant)).toMatchObject({ status: 'disabled', devices: 0 });
  });

  it('gives back what it took where an accepted one is reopened and ends otherwise', async () => {
    const firm = nextFirm();
    world.dataTimes = [75, 105, 135].map(dayAt);
    const onboarding = await world.begin(firm, acceptedFacts());
    await onboarding.tell(dayAt(151));
    await eventually('its acceptance', async () => namesOf(firm).includes('closed'));
    const tenant = `${PROGRAMME}.${firm}`;
    expect(world.platform.tenant(tenant)).toMatchObject({ status: 'active', devices: 3 });
    await onboarding.act(command('reopen', 160, firm, { actor: { name: 'Wang', role: 'bureau' } }));
    await onboarding.act(
      command('withdraw', 170, firm, { failureReason: { group: 'BUSINESS', cause: 'CLOSED' } }),
    );
    await onboarding.tell(dayAt(171));
    await eventually('its second end', async () => namesOf(firm).includes('closed/round-2'));
    expect(namesOf(firm).slice(-6)).toEqual(
      [
        'devices-removed',
        'credential-revoked',
        'tenant-disabled',
        'provider-released',
        'subsidy-released',
        'closed',
      ].map((name) => `${name}/round-2`),
    );
    expect(world.platform.tenant(tenant)).toMatchObject({ status: 'disabled', devices: 0 });
  });
});

describe('a platform that stays down', () => {
  it('does not hold up an ending: what may have been done there is handed to a person', async () => {
    const firm = nextFirm();
    const onboarding = await world.begin(firm, [
      ...planned(),
      fact('plan-approved', 25, { actor: { name: 'Li', role: 'bureau' } }),
    ]);
    await onboarding.tell(dayAt(30));
    await eventually('the verification', async () => namesOf(firm).includes('identity-verified'));
    world.platform.setDown(true);
    await onboarding.learn(fact('contract-signed', 40, { providerUscc: PROVIDER }));
    await onboarding.tell(dayAt(41));
    await onboarding.learn(
      fact('supplier-withdrew', 42, { failure: { group: 'BUSINESS', cause: 'CLOSED' } }),
    );
    await onboarding.tell(dayAt(43));
    await world.environment.sleep('7 hours');
    await world.environment.sleep('25 hours');
    expect(await onboarding.handle.result()).toEqual({ status: 'WITHDRAWN' });
    expect(namesOf(firm).slice(-5)).toEqual([
      'platform-given-up/create-tenant',
      'compensation-escalated/disable-tenant',
      'provider-released',
      'subsidy-released',
      'closed',
    ]);
    world.platform.setDown(false);
  });
});
