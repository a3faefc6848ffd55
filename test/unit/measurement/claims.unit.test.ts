import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { periodsBetween } from '../../../schemas/time.ts';
import { freezeBaseline } from '../../../services/measurement/domain/baseline.ts';
import { ClaimFile } from '../../../services/measurement/domain/claimSchema.ts';
import { judgeClaim as judgeOne, whyNull } from '../../../services/measurement/domain/claims.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { monthsOf } from '../../../services/measurement/domain/figures.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { forecastOf } from '../../../services/measurement/domain/targets.ts';
import { judge, overall, reading } from '../../../services/measurement/domain/verdicts.ts';
import { World } from '../../../services/measurement/domain/world.ts';
import { expectChinese } from '../../support/chinese.ts';
import { testUscc } from '../../support/events.ts';
import { fact, stock } from './facts.ts';

const file = new URL('../../../services/measurement/claims/sichuan.json', import.meta.url);
const { claims } = ClaimFile.parse(JSON.parse(readFileSync(file, 'utf8')));
/** Whatever the verdict, its grounds are said in Chinese too. */
const judgeClaim: typeof judgeOne = (claim, world) => {
  const judged = judgeOne(claim, world);
  expectChinese(judged.reasonZh);
  return judged;
};
const claimOf = (id: string) => claims.find((claim) => claim.id === id)!;
const LEADER = testUscc(300);
const asOf = new Date('2025-03-01T00:00:00Z');

/** Months of one firm: `growth` applies to every firm alike after 2023, `gain` on top of it to this one. */
function ledger(
  uscc: string,
  growth: number,
  gain: number,
  periods = periodsBetween('2022-09', '2025-01'),
): Fact[] {
  return periods.map((period) => {
    const factor = period < '2023-09' ? 1 : (1 + growth) * (1 + gain);
    const month = stock(`${period}`, period, [7000, 7000, Math.round(3000 * factor)]);
    return { ...month, firm: uscc, identity: `/supplier/${uscc}/erp ${period}` };
  });
}

function transformed(uscc: string, facts: readonly Fact[]): Fact[] {
  const onboarding = { supplierUscc: uscc, platform: 'iip', programme: 'p' };
  const step = (type: string, at: string, data: object): Fact =>
    fact({
      id: `${type}/${uscc}`,
      type,
      firm: uscc,
      timeMs: Date.parse(at),
      data: { ...onboarding, ...data },
    });
  return [
    step('onboarding.supplier-nominated.v1', '2023-07-01T00:00:00Z', {
      leaderUscc: LEADER,
      cityCode: '510100',
      districtCode: '510112',
      industryCode: '3670',
    }),
    step('onboarding.contract-signed.v1', '2023-09-10T00:00:00Z', { signedOn: '2023-09-10', amountFen: 1 }),
    step('onboarding.go-live-confirmed.v1', '2024-01-10T00:00:00Z', { liveOn: '2024-01-10' }),
    step('baseline.frozen.v1', '2023-09-10T00:00:00Z', {
      contractMonth: '2023-09',
      figuresSha256: '',
      ...freezeBaseline(monthsOf([...foldModels(facts).kpi.values()]), '2023-09'),
    }),
  ];
}

/** A year before that no control reported, and one after that all did. */
const ODD_MONTHS = [...periodsBetween('2021-09', '2022-08'), ...periodsBetween('2024-02', '2025-01')];

/** Ten firms of the district that went live, the first of them with odd months, and some that never signed anything. */
function world(growth: number, gain: number, { odd = 0, controls = 6 } = {}): World {
  const facts: Fact[] = [];
  for (let index = 0; index < 10; index++) {
    const uscc = testUscc(310 + index);
    const months = ledger(uscc, growth, gain, index < odd ? ODD_MONTHS : undefined);
    facts.push(...months, ...transformed(uscc, months));
  }
  for (let index = 0; index < controls; index++) facts.push(...ledger(testUscc(330 + index), growth, 0));
  return new World(foldModels(facts), asOf);
}

describe('a gain claim', () => {
  const claim = claimOf('longquanyi-turns');

  it('is confirmed when the firms gained what is claimed', () => {
    expect(judgeClaim(claim, world(0, 0.22))).toMatchObject({
      verdict: 'confirmed',
      measured: expect.closeTo(0.22, 3),
      reason: expect.stringContaining('net +22.0 %, that is days of inventory −18.0 %'),
    });
  });

  it('is contradicted when nothing was gained', () => {
    expect(judgeClaim(claim, world(0, 0))).toMatchObject({ verdict: 'contradicted' });
  });

  it('is not fooled by a trend that all firms share, and says so', () => {
    const judged = judgeClaim(claim, world(0.22, 0));
    expect(judged).toMatchObject({ verdict: 'contradicted', measured: expect.closeTo(0, 3) });
    expect(judged.reason).toContain('+22.0 % meanwhile for firms that never signed a contract');
  });

  it.each([
    [0.22, 0, 'contradicted'],
    [0, 0.22, 'confirmed'],
  ])('with a trend of %s and a gain of %s is %s whatever one firm lacks in controls, and says who is left out', (trend, own, verdict) => {
    const judged = judgeClaim(claim, world(trend, own, { odd: 1 }));
    expect(judged).toMatchObject({ verdict, measured: expect.closeTo(own, 3) });
    expect(judged.reason).toContain('over 9 of 10 firms');
    expect(judged.reason).toContain('1 more left out, with fewer than 5 controls over their months');
    expect(judged.reasonZh).toContain('另有 1 家同期对照不足 5 家，未计入');
    expect(judged.children).not.toContain(`inventory-turns/v1/${testUscc(310)}/improvement`);
    expect(judged.children).toContain(`inventory-turns/v1/${testUscc(311)}/improvement`);
  });

  it('is judged by the raw change where no firm has controls, and says so', () => {
    const judged = judgeClaim(claim, world(0.22, 0, { controls: 4 }));
    expect(judged).toMatchObject({ verdict: 'confirmed', measured: expect.closeTo(0.22, 3) });
    expect(judged.reason).toContain('over 10 of 10 firms (no controls, so a general trend is not taken out');
    expect(judged.reason).not.toContain('left out');
  });

  it('is not testable without any firm that went live', () => {
    expect(judgeClaim(claim, new World(foldModels([]), asOf))).toMatchObject({
      verdict: 'not_testable',
      measured: null,
    });
  });
});

describe('claims about failures', () => {
  type Reason = readonly [group: string, cause: string] | null;
  const RESISTANCE: Reason = ['UNWILLING', 'EMPLOYEE_RESISTANCE'];
  const MISMATCH: Reason = ['MISMATCH', 'SOLUTION_DOES_NOT_FIT'];
  const [NO_CASH, NO_STAFF]: Reason[] = [
    ['DARE_NOT', 'CASH'],
    ['UNABLE', 'NO_STAFF'],
  ];
  const WINDOW_CLOSED: Reason = ['PROGRAMME', 'WINDOW_CLOSED'];
  const times = (count: number, reason: Reason): Reason[] => Array.from({ length: count }, () => reason);
  const failed = (reasons: readonly Reason[], further: readonly Fact[] = []): World =>
    new World(
      foldModels([
        ...further,
        ...reasons.map((reason, index) =>
          fact({
            id: 'closed',
            type: 'onboarding.closed.v1',
            firm: testUscc(400 + index),
            timeMs: Date.parse('2024-05-01T00:00:00Z'),
            data: {
              programme: 'p',
              platform: 'iip',
              status: reason === WINDOW_CLOSED ? 'EXPIRED' : 'FAILED',
              stage: 'IMPLEMENTING',
              failureReason: reason && { group: reason[0], cause: reason[1] },
            },
          }),
        ),
      ]),
      asOf,
    );
  const judged = (id: string, reasons: readonly Reason[]) => judgeClaim(claimOf(id), failed(reasons));

  it('leave out what was reopened: it is no failure, whatever comes of it', () => {
    const world = failed([...times(10, MISMATCH), ...times(10, NO_CASH!)]);
    const reopened = [...world.models.firms.values()].slice(10).flatMap((firm) =>
      Object.values(firm.enrolments).flatMap(({ closings = [] }) =>
        closings.map((closed) =>
          fact({
            id: 'reopened',
            type: 'onboarding.reopened.v1',
            firm: firm._id,
            timeMs: Date.parse('2024-05-02T00:00:00Z'),
            data: { programme: 'p', platform: 'iip', closing: closed.identity },
          }),
        ),
      ),
    );
    expect(reopened).toHaveLength(10);
    const shareOf = (some: World) => judgeClaim(claimOf('failure-cause'), some).readings[0];
    expect(shareOf(world)).toMatchObject({ numerator: 10, denominator: 20 });
    expect(shareOf(failed([...times(10, MISMATCH), ...times(10, NO_CASH!)], reopened))).toMatchObject({
      ...{ numerator: 10, denominator: 10 },
    });
  });

  it('are judged by their reasons once enough of them are known', () => {
    expect(
      judged('failure-cause', [...times(9, MISMATCH), ...times(9, RESISTANCE), ...times(2, NO_CASH!)]),
    ).toMatchObject({
      verdict: 'confirmed',
      measured: 0.9,
      readings: expect.arrayContaining([
        expect.objectContaining({ measured: 0.9, numerator: 18, denominator: 20 }),
      ]),
    });
    expect(judged('failure-cause', times(20, NO_CASH!))).toMatchObject({
      verdict: 'contradicted',
      measured: 0,
    });
    expect(
      judged('core-issues', [...times(4, RESISTANCE), ...times(4, NO_CASH!), ...times(4, NO_STAFF!)]),
    ).toMatchObject({
      verdict: 'confirmed',
      measured: 3,
      readings: [{ numerator: null, denominator: null }],
    });
    expect(judged('core-issues', times(12, NO_CASH!))).toMatchObject({
      verdict: 'contradicted',
      measured: 1,
    });
  });

  it.each([
    ['without any reason', times(30, null), 'the reason is known of 0 of 30 only'],
    [
      'when the window closed on all of them',
      times(30, WINDOW_CLOSED),
      'the reason is known of 0 of 30 only',
    ],
    [
      'with the reason of every fourth unknown',
      [...times(27, MISMATCH), ...times(9, WINDOW_CLOSED)],
      'the reason is known of 27 of 36 only',
    ],
    ['when there are few', times(9, MISMATCH), 'too few, 9'],
  ])('are not testable %s, and say why', (_, reasons, why) => {
    for (const id of ['failure-cause', 'core-issues']) {
      const claim = judged(id, reasons);
      expect(claim).toMatchObject({ verdict: 'not_testable', measured: null });
      expect(claim.reason).toContain(why);
    }
    expect(judged('failure-phase', reasons).verdict).toBe(reasons.length < 10 ? 'not_testable' : 'partly');
  });
});

describe('a claim about suppliers on platforms', () => {
  const nominated = (count: number, connected: number): World => {
    const onboarding = { platform: 'iip', programme: 'p', leaderUscc: LEADER, cityCode: '510100' };
    const leader = { id: 'leader', type: 'leader.registered.v1', firm: LEADER, data: { name: '京东方' } };
    const facts = [fact(leader)];
    for (let index = 0; index < count; index++) {
      const firm = testUscc(500 + index);
      facts.push(fact({ id: 'n', type: 'onboarding.supplier-nominated.v1', firm, data: onboarding }));
      if (index < connected)
        facts.push(fact({ id: 'c', type: 'onboarding.data-connected.v1', firm, data: onboarding }));
    }
    return new World(foldModels(facts), asOf);
  };
  it.each([
    [60, 55, 'confirmed'],
    [60, 30, 'partly'],
    [60, 10, 'contradicted'],
    [12, 12, 'not_testable'],
  ])('%i nominated, %i connected: %s', (count, connected, verdict) => {
    expect(judgeClaim(claimOf('display-suppliers'), nominated(count, connected)).verdict).toBe(verdict);
  });
});

describe('judging', () => {
  it.each([
    [0.22, 0.25, 'confirmed'],
    [0.22, 0.12, 'partly'],
    [0.22, 0.05, 'contradicted'],
    [-0.2, 0.2, 'contradicted'],
    [0.22, null, 'not_testable'],
  ] as const)('%s claimed, %s measured: %s', (claimed, measured, verdict) => {
    expect(judge({ comparison: 'about', tolerance: 0.05 }, claimed, measured)).toBe(verdict);
  });

  it.each([
    [4.9, 'confirmed'],
    [2, 'partly'],
    [8, 'partly'],
    [165, 'contradicted'],
  ] as const)('of 4.2 years until money is paid back, %s measured: %s', (measured, verdict) => {
    expect(judge(claimOf('payback'), 4.2, measured)).toBe(verdict);
  });

  it('that is contradicted without a figure says why there is none', () => {
    expect(whyNull(null, 'nothing is paid back')).toBe('nothing is paid back');
    expect(whyNull(0, 'none')).toBeNull();
  });

  it('lets a claim hold partly when only some of its readings hold', () => {
    const claim = claimOf('approval-efficiency');
    const readings = [
      reading(claim, 'more decisions', -0.41, -0.4118),
      reading(claim, 'less time', -0.41, -0.7),
    ];
    expect(readings.map(({ verdict }) => verdict)).toEqual(['confirmed', 'partly']);
    expect(overall(readings)).toBe('partly');
  });

  describe('of approvals that got 70 % more efficient', () => {
    const decided = (channel: 'paper' | 'online', hours: number, count: number): Fact[] =>
      Array.from({ length: count }, (_, index) => {
        const submittedAt = new Date('2024-03-04T01:00:00Z');
        return fact({
          id: `${channel}-${index}`,
          type: 'service-procurement.approval-decided.v1',
          data: {
            ...{ regionCode: '510100', requestNumber: `${channel}-${index}`, channel, outcome: 'approved' },
            submittedAt: submittedAt.toISOString(),
            decidedAt: new Date(submittedAt.getTime() + hours * 3_600_000).toISOString(),
          },
        });
      });
    const judged = (onlineHours: number, count = 20) =>
      judgeClaim(
        claimOf('approval-efficiency'),
        new World(foldModels([...decided('paper', 100, 20), ...decided('online', onlineHours, count)]), asOf),
      );

    it.each([
      [58.8, ['confirmed', 'partly'], 'partly'],
      [30, ['partly', 'confirmed'], 'partly'],
      [100, ['contradicted', 'contradicted'], 'contradicted'],
      [130, ['contradicted', 'contradicted'], 'contradicted'],
    ] as const)('both readings are judged and shown: %s of 100 hours', (hours, verdicts, verdict) => {
      const claim = judged(hours);
      expect(claim.readings?.map((one) => one.verdict)).toEqual(verdicts);
      expect(claim).toMatchObject({ verdict, measured: expect.closeTo(hours / 100 - 1, 6) });
      for (const said of [
        '70 % more decisions in the same time (time −41.2 %)',
        '70 % less time (time −70.0 %)',
      ])
        expect(claim.reason).toContain(said);
      for (const said of ['单位时间审批量提升70%', '审批时间缩短70%']) expect(claim.reasonZh).toContain(said);
    });

    it('is not judged by a few decisions', () => {
      expect(judged(58.8, 19)).toMatchObject({ verdict: 'not_testable', measured: null });
    });
  });

  it('never takes missing coverage for a contradiction', () => {
    for (const id of ['sichuan-pilot-firms', 'sichuan-propelled', 'sichuan-workshops', 'sichuan-lighthouses'])
      expect(judgeClaim(claimOf(id), world(0, 0)).verdict).toBe('not_testable');
  });

  it('judges every claim of the file even when nothing is known', () => {
    const empty = new World(foldModels([]), asOf);
    for (const claim of claims)
      expect([claim.id, judgeClaim(claim, empty).verdict]).toEqual([claim.id, 'not_testable']);
  });
});

describe('targets', () => {
  it('projects the pace of the last half year, with its slower and faster half as limits', () => {
    const now = Date.parse('2025-01-01T00:00:00Z');
    const monthsAgo = (months: number) => now - months * 30.4 * 86_400_000;
    const forecast = forecastOf([5, 4, 2, 1, 0.5].map(monthsAgo), { windowTo: '2025-12-31' }, now);
    expect(forecast).toMatchObject({ low: 13, mid: 15, high: 17 });
  });
});
