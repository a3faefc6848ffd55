import { readFileSync } from 'node:fs';
import { BSON } from 'mongodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { PackedYears } from '../../../services/measurement/adapters/packedYears.ts';
import { chainTurns } from '../../../services/measurement/domain/chains.ts';
import { ClaimFile } from '../../../services/measurement/domain/claimSchema.ts';
import { judgeClaims } from '../../../services/measurement/domain/claims.ts';
import type { Verdict } from '../../../services/measurement/domain/verdicts.ts';
import { World } from '../../../services/measurement/domain/world.ts';
import { expectChinese } from '../../support/chinese.ts';
import { scenarioKnowledge } from '../../support/scenarioWorld.ts';

const file = new URL('../../../services/measurement/claims/sichuan.json', import.meta.url);
const { claims } = ClaimFile.parse(JSON.parse(readFileSync(file, 'utf8')));
const END = new Date('2025-06-30T16:00:00Z');

/** Claims that say that something got better; where nothing has an effect they must fall. */
const GAINS: readonly (readonly [id: string, withEffect: Verdict])[] = [
  ['payback', 'confirmed'],
  ['longquanyi-turns', 'confirmed'],
  ['equipment-efficiency', 'partly'],
  ['equipment-cost', 'confirmed'],
  ['approval-efficiency', 'partly'],
  ['subsidiary-productivity', 'partly'],
  ['subsidiary-quality-cost', 'confirmed'],
  ['subsidiary-processing-cost', 'confirmed'],
  ['subsidiary-ai-inspection', 'confirmed'],
];

const summaryOf = (world: World) => [judgeClaims(claims, world), chainTurns(world)];

function withPackedYears({ models, asOf }: World): World {
  const years = new PackedYears();
  for (const year of models.kpi.values()) years.add(BSON.serialize(year));
  return new World({ ...models, kpi: new Map() }, asOf, years);
}

describe.each([2])('claims of gains, seed %i, with effects and without', (seed) => {
  let verdicts: ReadonlyMap<string, { readonly real: string; readonly null: string }>;
  const grounds: string[] = [];
  const paybacks: string[] = [];
  const summaries: (readonly [unknown, unknown])[] = [];
  beforeAll(() => {
    const judged = (scenario: 'sichuan' | 'sichuan-null') => {
      const world = scenarioKnowledge({ scenario, seed, scale: 40 })(END);
      const found = judgeClaims(claims, world);
      summaries.push([summaryOf(world), summaryOf(withPackedYears(world))]);
      paybacks.push(found.find(({ id }) => id === 'payback')?.reason ?? '');
      grounds.push(...found.map(({ reasonZh }) => reasonZh));
      return new Map(found.map((claim) => [claim.id, claim.verdict]));
    };
    const [real, twin] = [judged('sichuan'), judged('sichuan-null')];
    verdicts = new Map(
      claims.map(({ id }) => [id, { real: String(real.get(id)), null: String(twin.get(id)) }]),
    );
  }, 120_000);

  it.each(GAINS)('%s is %s, and contradicted in the twin', (id, withEffect) => {
    expect(verdicts.get(id)).toEqual({ real: withEffect, null: 'contradicted' });
  });

  it('are judged alike from years that are kept packed, as are chains', () => {
    for (const [plain, packed] of summaries) expect(packed).toEqual(plain);
  });

  it('every verdict gives its grounds in Chinese', () => {
    expect(grounds).toHaveLength(2 * claims.length);
    for (const text of grounds) expectChinese(text);
  });

  it('a payback is a rate: what was measured as saved stands beside it, and in the twin nothing was', () => {
    const saved = paybacks.map(
      (reason) => /Measured since the contracts: (-?\d+) yuan saved/.exec(reason)?.[1],
    );
    expect(Number(saved[0])).toBeGreaterThan(0);
    expect(Number(saved[0])).toBeGreaterThan(10 * Number(saved[1]));
    for (const reason of paybacks) expect(reason).toMatch(/\d+ of the \d+ firms have their outlay back/);
  });

  it('what is no gain is judged alike in both', () => {
    const gains = new Set(GAINS.map(([id]) => id));
    for (const [id, { real, null: twin }] of verdicts) if (!gains.has(id)) expect(twin, id).toBe(real);
  });
});
