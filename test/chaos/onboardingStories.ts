import { ACTS, erpTopic, PROGRAMME_EVENTS, platformTopic, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import type { RandomStream } from '../../services/simulator/domain/random.ts';
import { testUscc } from '../support/events.ts';
import { DAY_MS, day, FIRST_MS, type Firm, iso, PLATFORM, PROGRAMME, type Statement } from './population.ts';

const PROVIDER = testUscc(3);
const RATER = '/rater/cesi';
const PORTAL = '/system/portal';
const ENDINGS = ['accepted', 'withdrawn', 'failed', 'declined', 'expired', 'open'] as const;

/** The events of one firm's onboarding, in business order: a story that ends in one of six ways. */
export function storyOf(firm: Firm, random: RandomStream): Statement[] {
  const ending = random.pick(ENDINGS);
  const lastStart = ending === 'open' ? 500 : ending === 'expired' ? 30 : 380;
  // A nomination waits for the relation, and one that waited would come later than anybody allows for.
  const from = Math.max(firm.relationAtMs, firm.leader.registeredAtMs, FIRST_MS) + 14 * DAY_MS;
  const startMs = from + random.whole(ending === 'open' ? 400 : 0, lastStart) * DAY_MS;
  if ((startMs - FIRST_MS) / DAY_MS > lastStart + 14) return [];
  const onboarding = { supplierUscc: firm.uscc, platform: PLATFORM, programme: PROGRAMME };
  const person = (role: string) => ({ actor: { name: 'Li Wei', role }, reason: 'checked and in order' });
  const at = (days: number): number => startMs + days * DAY_MS + random.whole(0, 3_600_000);
  const state = (
    topic: string,
    source: string,
    name: string,
    days: number,
    data: (ms: number) => Record<string, unknown>,
  ): Statement => {
    const timeMs = at(days);
    return {
      topic,
      firm: firm.uscc,
      source,
      id: `${name}/${firm.uscc}`,
      type: `onboarding.${name}.v1`,
      timeMs,
      data: { ...onboarding, ...data(timeMs) },
    };
  };
  const tenantData = (name: string, days: number): Statement => ({
    ...state(platformTopic(PLATFORM), firm.tenant, name, days, () => ({})),
    type: 'platform.heartbeat.v1',
  });
  const nominated = state(erpTopic(firm.leader.uscc), firm.leader.source, 'supplier-nominated', 0, () => ({
    leaderUscc: firm.leader.uscc,
    supplierName: `Firm ${firm.uscc.slice(-4)}`,
    cityCode: '510100',
    industryCode: '3670',
    industryEdition: '2017',
    tier: 1,
  }));
  const untilContract = [
    nominated,
    state(PROGRAMME_EVENTS, RATER, 'diagnosis-completed', 15, (ms) => ({
      diagnosedOn: day(ms),
      edition: '2024',
      score: 31,
      level: 1,
    })),
    state(PROGRAMME_EVENTS, `/provider/${PROVIDER}`, 'plan-filed', 35, () => ({
      providerUscc: PROVIDER,
      planNumber: `PL-${firm.uscc}`,
      solution: 'MES light',
      priceFen: 30_000_000,
      currency: 'CNY',
    })),
  ];
  if (ending === 'expired' || ending === 'open') return untilContract.slice(0, random.whole(1, 3));
  if (ending === 'declined')
    return [...untilContract, state(ACTS, PORTAL, 'plan-declined', 45, () => person('bureau'))];
  const contracted = [
    ...untilContract,
    state(ACTS, PORTAL, 'plan-approved', 45, () => person('bureau')),
    state(SUPPLIER_REPORTS, firm.books, 'contract-signed', 60, (ms) => ({
      providerUscc: PROVIDER,
      contractNumber: `CT-${firm.uscc}`,
      signedOn: day(ms),
      amountFen: 30_000_000,
      currency: 'CNY',
    })),
  ];
  if (ending === 'withdrawn') {
    const kept = random.whole(1, contracted.length);
    const reason = { group: 'DARE_NOT', cause: 'CASH' };
    return [
      ...contracted.slice(0, kept),
      state(SUPPLIER_REPORTS, firm.books, 'supplier-withdrew', 75, () => ({ reason })),
    ];
  }
  if (ending === 'failed')
    return [
      ...contracted,
      state(PROGRAMME_EVENTS, `/provider/${PROVIDER}`, 'step-failed', 90, () => ({
        providerUscc: PROVIDER,
        step: 'DEPLOYED',
        reason: { group: 'UNABLE', cause: 'NO_ERP' },
        final: true,
        comment: 'no system to connect to',
      })),
    ];
  return [
    ...contracted,
    state(SUPPLIER_REPORTS, firm.books, 'training-completed', 90, (ms) => ({
      completedOn: day(ms),
      trainedPersons: 12,
    })),
    state(PROGRAMME_EVENTS, `/provider/${PROVIDER}`, 'system-deployed', 95, (ms) => ({
      providerUscc: PROVIDER,
      deployedOn: day(ms),
    })),
    dataOf(tenantData('data-1', 100)),
    dataOf(tenantData('data-2', 132)),
    state(SUPPLIER_REPORTS, firm.books, 'go-live-confirmed', 135, (ms) => ({ liveOn: day(ms) })),
    state(ACTS, PORTAL, 'self-assessed', 150, () => ({
      ...person('supplier'),
      edition: '2024',
      score: 45,
      level: 2,
    })),
    state(ACTS, PORTAL, 'finance-audited', 155, () => ({
      ...person('financial-auditor'),
      outcome: 'matched',
    })),
    state(PROGRAMME_EVENTS, RATER, 'level-assessed', 165, (ms) => ({
      assessedOn: day(ms),
      edition: '2024',
      score: 47,
      level: 2,
    })),
    state(PROGRAMME_EVENTS, '/bureau/510100/jingxin', 'acceptance-decided', 180, (ms) => ({
      decidedOn: day(ms),
      outcome: 'accepted',
      decidedBy: 'Acceptance panel',
    })),
  ];
}

/** Energy by the supplier's own tenant: what connects its data. */
function dataOf(statement: Statement): Statement {
  const data = { firmUscc: statement.firm, period: iso(statement.timeMs).slice(0, 7), energyWh: 1_000 };
  return { ...statement, type: 'energy.reported.v1', data };
}
