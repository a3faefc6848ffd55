import type { Db } from 'mongodb';
import type { CityTargetState } from '../../schemas/api/targets.ts';
import { type FailureReason, type OnboardingStatus, STAGES, type Stage } from '../../schemas/onboarding.ts';
import { testUscc } from '../support/events.ts';

/** Read-model documents of a small invented programme, as the services write them. */

const asOf = new Date('2025-06-30T15:59:59Z');

const city = (
  code: string,
  name: string,
  regionClass: string,
  target: number,
  done: number,
  status: CityTargetState['status'],
) => {
  const mid = Math.round(done * 1.4);
  const forecast = { low: mid - 2, mid, high: mid + 3 };
  return {
    code,
    name,
    regionClass,
    target,
    done,
    share: done / target,
    status,
    figureId: `target/${code}`,
    forecast,
  };
};

export const targets = {
  _id: 'targets' as const,
  asOf,
  cities: [
    city('510100', '成都市', 'west', 30, 19, 'on-track'),
    city('320500', '苏州市', 'east', 50, 52, 'reached'),
    city('340100', '合肥市', 'central', 40, 11, 'lagging'),
    city('210200', '大连市', 'north-east', 40, 14, 'on-track'),
    city('519001', '云岭市（虚构）', 'west', 30, 4, 'critical'),
    city('339001', '临川港市（虚构）', 'east', 50, 9, 'lagging'),
  ],
};

const figure = (figureId: string, before: number | null, after: number | null, firms: number) => ({
  figureId,
  before,
  after,
  change: before === null || after === null ? null : after / before - 1,
  firms,
  reason: before === null ? 'fewer than 4 complete months before the contract' : null,
});

const chain = (serial: number, name: string, turns: readonly (readonly [number | null, number | null])[]) => {
  const leaderUscc = testUscc(serial);
  const [leader = [null, null], suppliers = [null, null], whole = [null, null]] = turns;
  return {
    leaderUscc,
    name,
    leader: figure(`turns/${leaderUscc}/leader`, leader[0], leader[1], 1),
    suppliers: figure(`turns/${leaderUscc}/suppliers`, suppliers[0], suppliers[1], 24),
    chain: figure(`turns/${leaderUscc}/chain`, whole[0], whole[1], 25),
  };
};

export const chains = {
  _id: 'chains' as const,
  asOf,
  chains: [
    chain(11, '显示面板链（模拟）', [
      [6.1, 7.04],
      [5.2, 6.35],
      [5.48, 6.61],
    ]),
    chain(12, '汽车零部件链（模拟）', [
      [5.0, 6.1],
      [8.2, 6.03],
      [6.25, 6.05],
    ]),
    chain(13, '磁材链（模拟）', []),
  ],
};

const claim = (
  id: string,
  [zh, en]: readonly [string, string],
  [claimed, measured]: readonly [number, number | null],
  unit: string,
  verdict: string,
  reason: string,
) => ({
  ...{ id, title: { zh, en }, claimed, measured, unit, verdict, reason },
  reasonZh: `${zh}的判断依据`,
  figureId: `claim/${id}`,
});

export const claims = {
  _id: 'claims' as const,
  asOf,
  claims: [
    claim(
      'turnover-longquanyi',
      ['龙泉驿零部件企业库存周转率提升22%', 'Parts makers in Longquanyi: inventory turnover +22 %'],
      [0.22, 0.208],
      'change',
      'confirmed',
      'inventoryTurns +20.8 % over 24 of 26 firms. Judged by the net change.',
    ),
    claim(
      'failures-by-phase',
      ['90%的失败发生在前期和中期', '90 % of failures come in early and middle stages'],
      [0.9, 0.786],
      'share of failures',
      'partly',
      '11 of 14 failures lie in the early and mid stages: a share of failures by stage, not the risk of failing there.',
    ),
    claim(
      'payback-years',
      ['平均投资回收期4.2年', 'Average payback of 4.2 years'],
      [4.2, 9.6],
      'years',
      'contradicted',
      '18 firms with known outlay and saving: 9.6 years.',
    ),
    claim(
      'sichuan-pilots',
      ['四川完成试点企业482家', 'Sichuan: 482 pilot firms done'],
      [482, null],
      'firms',
      'not_testable',
      'the events cover 41 of the 482 firms; nothing is scaled up.',
    ),
  ],
};

export interface OnboardingFixture {
  readonly _id: string;
  readonly supplierUscc: string;
  readonly cityCode: string;
  readonly status: OnboardingStatus;
  readonly stage: Stage;
  readonly failureReason: FailureReason | null;
}

let serial = 100;
const several = (
  count: number,
  status: OnboardingStatus,
  stage: Stage,
  failureReason: FailureReason | null = null,
): OnboardingFixture[] =>
  Array.from({ length: count }, () => {
    const supplierUscc = testUscc(serial++);
    return {
      _id: `onboarding/test/huanyu/${supplierUscc}`,
      supplierUscc,
      cityCode: '510100',
      status,
      stage,
      failureReason,
    };
  });

export const onboardings = [
  ...several(19, 'ACCEPTED', 'ACCEPTED'),
  ...STAGES.slice(2, 12).flatMap((stage, index) => several(1 + (index % 3), 'ACTIVE', stage)),
  ...several(4, 'WITHDRAWN', 'DIAGNOSED', { group: 'DARE_NOT', cause: 'CASH' }),
  ...several(3, 'FAILED', 'IMPLEMENTING', { group: 'MISMATCH', cause: 'SOLUTION_DOES_NOT_FIT' }),
  ...several(2, 'FAILED', 'IMPLEMENTING', { group: 'UNWILLING', cause: 'EMPLOYEE_RESISTANCE' }),
  ...several(2, 'EXPIRED', 'CONTRACTED'),
  ...several(1, 'FAILED', 'DATA_CONNECTED', { group: 'INTEGRATION', cause: 'MAPPING' }),
  ...several(1, 'DECLINED', 'ACCEPTED', { group: 'EVIDENCE', cause: 'MISMATCHED' }),
  ...several(1, 'WITHDRAWN', 'REGISTERED', { group: 'UNWILLING', cause: 'AWARENESS' }),
];

export const watermark = { _id: 'watermark' as const, at: asOf, positions: {}, caughtUp: false };
export const verdicts = { accepted: 98_412, duplicates: 1_204, conflicts: 3, rejected: 217, parked: 12 };

const partition = {
  _id: 'erp.test/0',
  topic: 'erp.test',
  partition: 0,
  nextOffset: 99_848,
  seq: 99_848,
  head: '',
  maxTime: asOf,
  lastTime: asOf,
  counts: verdicts,
};

/** A published plan that says it belongs to a simulation. */
const simulatedPlan = {
  _id: '/bureau/510100/jingxin plan',
  type: 'target.plan-published.v1',
  body: JSON.stringify({ data: { simulated: true } }),
};

interface Named {
  readonly _id: string;
}

/** Puts the documents into an empty database. */
export async function seedPage(db: Db): Promise<void> {
  const put = (name: string, documents: readonly Named[]) =>
    db.collection<Named>(name).insertMany([...documents]);
  await Promise.all([
    put('summaries', [targets, chains, claims]),
    put('onboardings', onboardings),
    put('stream_clock', [watermark]),
    put('partitions', [partition]),
    put('events', [simulatedPlan]),
  ]);
}
