import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { addMonths, startOfPeriod } from '../../../schemas/time.ts';
import { freezeBaseline } from '../../../services/measurement/domain/baseline.ts';
import { correctionOf, voidedIdentities } from '../../../services/measurement/domain/corrections.ts';
import { type Fact, factOf } from '../../../services/measurement/domain/facts.ts';
import { monthsOf } from '../../../services/measurement/domain/figures.ts';
import { groupFigure } from '../../../services/measurement/domain/groups.ts';
import { KPIS, kpiOf } from '../../../services/measurement/domain/kpis.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { World } from '../../../services/measurement/domain/world.ts';

/** Events of one chain, and its figures by another program (test/reference/chain/figures.py). */
const folder = join(import.meta.dirname, '../../reference/chain');
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');
const chain: { leader: string; suppliers: string[] } = JSON.parse(textOf('chain.json'));
/** As text where it is too large for a double. */
type Integer = number | string;
interface Quotient {
  readonly numerator: Integer;
  readonly denominator: Integer;
}
const reference: Record<
  string,
  Record<string, Record<string, Quotient & { readonly firms: number }>>
> = JSON.parse(textOf('figures.json'));
const change: {
  readonly firm: string;
  readonly contractMonth: string;
  readonly last: string;
  readonly figures: Record<
    string,
    {
      readonly baseline: Quotient & { readonly months: number };
      readonly before: Quotient;
      readonly after: Quotient & { readonly months: readonly string[] };
      readonly change: number;
    }
  >;
} = JSON.parse(textOf('change.json'));

interface Exported {
  readonly identity: string;
  readonly type: StoredEvent['type'];
  readonly sourceClass: StoredEvent['sourceClass'];
  readonly time: string;
  readonly firm: string | null;
  readonly period: string;
  readonly data: Record<string, unknown>;
}

const factOfLine = (line: string, index: number): Fact => {
  const { identity, data, time, ...event } = JSON.parse(line) as Exported;
  const contentHash = index.toString(16).padStart(64, '0');
  return factOf({
    ...event,
    _id: identity,
    time: new Date(time),
    correlationId: identity,
    contentHash,
    hash: contentHash,
    topic: 'reference',
    partition: 0,
    offset: index,
    seq: index + 1,
    recordedAt: new Date(time),
    body: JSON.stringify({ type: event.type, data }),
  });
};

const factsIn = (name: string): Fact[] => textOf(name).trim().split('\n').map(factOfLine);
const facts = factsIn('events.jsonl');
const isCorrection = ({ type }: Fact): boolean => type === 'correction.declared.v1';
const voidedIn = (all: readonly Fact[]) => voidedIdentities(all.filter(isCorrection).map(correctionOf));
const standingIn = (all: readonly Fact[]): Fact[] => {
  const voided = voidedIn(all);
  return all.filter((fact) => !isCorrection(fact) && !voided.has(fact.identity));
};
const years = [...foldModels(standingIn(facts)).kpi.values()];
const memberOf = (uscc: string) => ({ uscc, months: monthsOf(years.filter(({ firm }) => firm === uscc)) });
const LEVELS: Record<string, string[]> = {
  leader: [chain.leader],
  suppliers: chain.suppliers,
  chain: [chain.leader, ...chain.suppliers],
};

/** To the last digit; a quotient of numbers that no double holds, to a millionth of a millionth. */
function expectSame(
  id: string,
  { numerator, denominator }: { numerator: number | null; denominator: number | null },
  expected: Quotient,
): void {
  if (typeof expected.numerator === 'number') {
    expect({ id, numerator, denominator }).toEqual({ id, ...expected });
    return;
  }
  const [ours, theirs] = [
    BigInt(numerator ?? 0) * BigInt(expected.denominator),
    BigInt(expected.numerator) * BigInt(denominator ?? 0),
  ];
  const difference = ours > theirs ? ours - theirs : theirs - ours;
  expect([id, theirs > 0n, difference * 10n ** 12n <= theirs]).toEqual([id, true, true]);
}

describe('a chain’s figures by another program', () => {
  it('cover three months, corrections among the events', () => {
    expect(Object.keys(reference)).toEqual(['2024-01', '2024-02', '2024-03']);
    expect(voidedIn(facts).size).toBeGreaterThan(0);
    expect(reference['2024-01']?.chain?.inventoryTurns?.firms).toBeGreaterThan(5);
  });

  for (const [period, levels] of Object.entries(reference))
    for (const [level, figures] of Object.entries(levels))
      it(`${period}, ${level}: agree to the fen`, () => {
        const members = (LEVELS[level] ?? []).map(memberOf);
        for (const [id, { firms, ...expected }] of Object.entries(figures)) {
          const found = groupFigure(kpiOf(id)!, members, period);
          expect([id, found.firms.length]).toEqual([id, firms]);
          expectSame(id, found, expected);
        }
      });

  it('leave no KPI out', () => {
    const covered = new Set(Object.values(reference).flatMap(({ chain: own = {} }) => Object.keys(own)));
    expect([...covered].sort()).toEqual(KPIS.map(({ id }) => id).sort());
  });
});

describe('a firm’s change by another program', () => {
  const { firm, contractMonth, last, figures } = change;
  const all = factsIn('transformed.jsonl');
  const contract = all.find(({ type }) => type === 'onboarding.contract-signed.v1')!;
  const stated = standingIn(all.filter(({ timeMs }) => timeMs <= contract.timeMs));
  const frozen = freezeBaseline(monthsOf([...foldModels(stated).kpi.values()]), contractMonth);
  const act: Fact = {
    ...{ ...contract, identity: '/system/measurement frozen', type: 'baseline.frozen.v1' },
    data: {
      ...{ supplierUscc: firm, programme: contract.data.programme, contractMonth, figuresSha256: '' },
      ...frozen,
    },
  };
  const world = new World(foldModels([...standingIn(all), act]), startOfPeriod(addMonths(last, 1)));

  it.each(Object.entries(figures))('%s: its baseline and its gain agree to the fen', (id, expected) => {
    const { months, ...baseline } = expected.baseline;
    expect(frozen.figures[id]).toMatchObject({ ...baseline, months });
    const { before, after, change: found } = world.improvement(kpiOf(id)!, firm)!;
    expectSame(id, before, expected.before);
    const { months: compared, ...since } = expected.after;
    expect(after.months).toEqual(compared);
    expectSame(id, after, since);
    expect(found).toBeCloseTo(expected.change, 12);
    expect(Math.abs(expected.change)).toBeGreaterThan(0.01);
  });
});
