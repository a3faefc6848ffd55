import type { Db } from 'mongodb';
import { splitIdentity } from '../../../schemas/envelope.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { compareFacts, type Fact, text } from '../domain/facts.ts';
import { judgeStated, levelChange } from '../domain/levels.ts';
import { type Horizon, standingFacts } from './eventLog.ts';

const KIND: Readonly<Record<string, 'diagnosis' | 'self' | 'on-site'>> = {
  'onboarding.diagnosis-completed.v1': 'diagnosis',
  'onboarding.self-assessed.v1': 'self',
  'onboarding.level-assessed.v1': 'on-site',
};

function recordOf(fact: Fact) {
  const { data, identity } = fact;
  const judged = judgeStated(data);
  if (judged === null) throw new ChainlightError('BAD_INPUT', `edition ${text(data.edition)} is not known`);
  const { edition, score, stated, computed, isConsistent } = judged;
  return {
    kind: KIND[fact.type] ?? ('self' as const),
    at: new Date(fact.timeMs).toISOString(),
    by: splitIdentity(identity).source,
    event: identity,
    programme: text(data.programme),
    edition,
    score,
    level: stated,
    computed,
    isConsistent,
  };
}

/**
 * A firm's assessments, each a record of its own; only what was rated on site counts.
 * The change compares the first diagnosis with the last rating on site.
 */
export async function readLevels(db: Db, uscc: string, horizon: Horizon = {}) {
  const facts = await standingFacts(db, { types: Object.keys(KIND), firm: uscc }, horizon);
  const records = facts.sort(compareFacts).map(recordOf);
  const before = records.find(({ kind }) => kind === 'diagnosis');
  const after = records.findLast(({ kind }) => kind === 'on-site');
  return {
    uscc,
    records,
    counted: after ?? null,
    change: before === undefined || after === undefined ? null : levelChange(before, after),
  };
}
