import { cloudEvent, LEADER, LEADER_SOURCE, SUPPLIER, testUscc } from './events.ts';

export const PROVIDER = testUscc(3);
export const PLATFORM = 'huanyu';
export const PROGRAMME = 'sme-510100-2023';

type Event = Record<string, unknown> & { readonly id: string };

/** The events of an onboarding that runs through, by name; `at` gives each its business time. */
export function onboardingEvents(supplier = SUPPLIER) {
  const onboarding = { supplierUscc: supplier, platform: PLATFORM, programme: PROGRAMME };
  const event = (name: string, source: string, at: string, data: Record<string, unknown>): Event => ({
    ...cloudEvent({
      type: `onboarding.${name}.v1`,
      source,
      time: at,
      partitionkey: supplier,
      data: { ...onboarding, ...data },
    }),
    id: `${name}/${supplier}`,
  });
  const day = (at: string): string => at.slice(0, 10);
  const bySupplier = `/supplier/${supplier}/portal`;
  const byProvider = `/provider/${PROVIDER}`;
  return {
    nominated: (at: string) =>
      event('supplier-nominated', LEADER_SOURCE, at, {
        leaderUscc: LEADER,
        supplierName: 'Test supplier',
        cityCode: '510100',
        industryCode: '3670',
      }),
    applied: (at: string) =>
      event('supplier-applied', byProvider, at, {
        providerUscc: PROVIDER,
        supplierName: 'Test supplier',
        cityCode: '510100',
        industryCode: '3670',
      }),
    diagnosed: (at: string) =>
      event('diagnosis-completed', '/rater/cesi', at, {
        diagnosedOn: day(at),
        edition: '2024',
        score: 31,
        level: 1,
      }),
    planFiled: (at: string) =>
      event('plan-filed', byProvider, at, {
        providerUscc: PROVIDER,
        planNumber: `PL-${supplier}`,
        solution: 'MES light',
        priceFen: 30_000_000,
        currency: 'CNY',
      }),
    contracted: (at: string) =>
      event('contract-signed', bySupplier, at, {
        providerUscc: PROVIDER,
        contractNumber: `CT-${supplier}`,
        signedOn: day(at),
        amountFen: 30_000_000,
        currency: 'CNY',
      }),
    takenBack: (correctedId: string, at: string): Event => ({
      ...cloudEvent({
        type: 'correction.declared.v1',
        source: bySupplier,
        time: at,
        partitionkey: supplier,
        data: { action: 'void', correctedId, reason: 'stated by mistake' },
      }),
      id: `taken-back/${correctedId}`,
    }),
    trained: (at: string) =>
      event('training-completed', bySupplier, at, { completedOn: day(at), trainedPersons: 12 }),
    deployed: (at: string) =>
      event('system-deployed', byProvider, at, { providerUscc: PROVIDER, deployedOn: day(at) }),
    goLive: (at: string) => event('go-live-confirmed', bySupplier, at, { liveOn: day(at) }),
    rated: (at: string, level = 2) =>
      event('level-assessed', '/rater/cesi', at, { assessedOn: day(at), edition: '2024', score: 47, level }),
    accepted: (at: string, outcome: 'accepted' | 'declined' = 'accepted') =>
      event('acceptance-decided', '/bureau/510100/jingxin', at, {
        decidedOn: day(at),
        outcome,
        decidedBy: 'Acceptance panel',
        ...(outcome === 'declined' ? { reason: 'the evidence does not hold' } : {}),
      }),
    withdrew: (at: string) =>
      event('supplier-withdrew', bySupplier, at, { reason: { group: 'DARE_NOT', cause: 'CASH' } }),
    failed: (at: string, final: boolean, step = 'DEPLOYED') => ({
      ...event('step-failed', byProvider, at, {
        providerUscc: PROVIDER,
        step,
        reason: { group: 'UNABLE', cause: 'NO_ERP' },
        final,
        comment: 'no system to connect to',
      }),
      id: `step-failed/${supplier}/${step}/${at}`,
    }),
    /** Data of the supplier's tenant, measured by the platform. */
    data: (at: string) =>
      cloudEvent({
        type: 'energy.reported.v1',
        source: `/platform/${PLATFORM}/tenant/${supplier}`,
        id: `energy/${supplier}/${at}`,
        time: at,
        partitionkey: supplier,
        data: { firmUscc: supplier, period: at.slice(0, 7), energyWh: 1_000 },
      }),
  };
}

/** What a person does, as the gateway passes it on. */
export function actCommand(
  act: string,
  at: string,
  fields: Record<string, unknown> = {},
  supplier = SUPPLIER,
) {
  const roles: Record<string, string> = {
    'approve-plan': 'bureau',
    'decline-plan': 'bureau',
    'self-assess': 'supplier',
    'audit-finance': 'financial-auditor',
    withdraw: 'supplier',
    'return-step': 'bureau',
    'hand-in-evidence': 'supplier',
    'skip-step': 'bureau',
    'reassign-provider': 'bureau',
    'take-remedy': 'supplier',
    'ask-for-help': 'supplier',
    reopen: 'bureau',
  };
  return {
    act,
    actId: `${act}-${supplier}`,
    supplierUscc: supplier,
    platform: PLATFORM,
    programme: PROGRAMME,
    actor: { name: 'Li Wei', role: roles[act] },
    at,
    reason: 'checked and in order',
    ...fields,
  };
}
