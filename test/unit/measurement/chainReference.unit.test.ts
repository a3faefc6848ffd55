import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { correctionOf, voidedIdentities } from '../../../services/measurement/domain/corrections.ts';
import { type Fact, factOf } from '../../../services/measurement/domain/facts.ts';
import { monthsOf } from '../../../services/measurement/domain/figures.ts';
import { groupFigure } from '../../../services/measurement/domain/groups.ts';
import { kpiOf } from '../../../services/measurement/domain/kpis.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';

/** Events of one chain, and its figures by another program (test/reference/chain/figures.py). */
const folder = join(import.meta.dirname, '../../reference/chain');
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');
const chain: { leader: string; suppliers: string[] } = JSON.parse(textOf('chain.json'));
const reference: Record<
  string,
  Record<string, Record<string, { numerator: number; denominator: number; firms: number }>>
> = JSON.parse(textOf('figures.json'));

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

const facts = textOf('events.jsonl').trim().split('\n').map(factOfLine);
const isCorrection = ({ type }: Fact): boolean => type === 'correction.declared.v1';
const voided = voidedIdentities(facts.filter(isCorrection).map(correctionOf));
const years = [
  ...foldModels(facts.filter((fact) => !isCorrection(fact) && !voided.has(fact.identity))).kpi.values(),
];
const memberOf = (uscc: string) => ({ uscc, months: monthsOf(years.filter(({ firm }) => firm === uscc)) });
const LEVELS: Record<string, string[]> = {
  leader: [chain.leader],
  suppliers: chain.suppliers,
  chain: [chain.leader, ...chain.suppliers],
};

describe('a chain’s figures by another program', () => {
  it('cover three months, corrections among the events', () => {
    expect(Object.keys(reference)).toEqual(['2024-01', '2024-02', '2024-03']);
    expect(voided.size).toBeGreaterThan(0);
    expect(reference['2024-01']?.chain?.inventoryTurns?.firms).toBeGreaterThan(5);
  });

  for (const [period, levels] of Object.entries(reference))
    for (const [level, figures] of Object.entries(levels))
      it(`${period}, ${level}: agree to the fen`, () => {
        const members = (LEVELS[level] ?? []).map(memberOf);
        for (const [id, expected] of Object.entries(figures)) {
          const { numerator, denominator, firms } = groupFigure(kpiOf(id)!, members, period);
          expect({ id, numerator, denominator, firms: firms.length }).toEqual({ id, ...expected });
        }
      });
});
