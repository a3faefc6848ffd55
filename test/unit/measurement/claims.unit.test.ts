import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { periodsBetween } from '../../../schemas/time.ts';
import { freezeBaseline } from '../../../services/measurement/domain/baseline.ts';
import { ClaimFile } from '../../../services/measurement/domain/claimSchema.ts';
import { judgeClaim } from '../../../services/measurement/domain/claims.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { monthsOf } from '../../../services/measurement/domain/figures.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { forecastOf } from '../../../services/measurement/domain/targets.ts';
import { judge, overall, reading } from '../../../services/measurement/domain/verdicts.ts';
import { World } from '../../../services/measurement/domain/world.ts';
import { testUscc } from '../../support/events.ts';
import { fact, stock } from './facts.ts';

const file = new URL('../../../services/measurement/claims/sichuan.json', import.meta.url);
const { claims } = ClaimFile.parse(JSON.parse(readFileSync(file, 'utf8')));
const claimOf = (id: string) => claims.find((claim) => claim.id === id)!;
const LEADER = testUscc(300);
const asOf = new Date('2025-03-01T00:00:00Z');

/** Months of one firm: `growth` applies to every firm alike after 2023, `gain` on top of it to this one. */
function ledger(uscc: string, growth: number, gain: number): Fact[] {
  return periodsBetween('2022-09', '2025-01').map((period) => {
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

/** Ten firms of the district that went live and six that never signed anything. */
function world(growth: number, gain: number): World {
  const facts: Fact[] = [];
  for (let index = 0; index < 10; index++) {
    const months = ledger(testUscc(310 + index), growth, gain);
    facts.push(...months, ...transformed(testUscc(310 + index), months));
  }
  for (let index = 0; index < 6; index++) facts.push(...ledger(testUscc(330 + index), growth, 0));
  return new World(foldModels(facts), asOf);
}

describe('a gain claim', () => {
  const claim = claimOf('longquanyi-turns');

  it('is confirmed when the firms gained what is claimed', () => {
    expect(judgeClaim(claim, world(0, 0.22))).toMatchObject({
      verdict: 'confirmed',
      measured: expect.closeTo(0.22, 3),
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

  it('is not testable without any firm that went live', () => {
    expect(judgeClaim(claim, new World(foldModels([]), asOf))).toMatchObject({
      verdict: 'not_testable',
      measured: null,
    });
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

  it('lets a claim hold partly when only some of its readings hold', () => {
    const claim = claimOf('approval-efficiency');
    const readings = [
      reading(claim, 'more decisions', -0.41, -0.4118),
      reading(claim, 'less time', -0.41, -0.7),
    ];
    expect(readings.map(({ verdict }) => verdict)).toEqual(['confirmed', 'partly']);
    expect(overall(readings)).toBe('partly');
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
