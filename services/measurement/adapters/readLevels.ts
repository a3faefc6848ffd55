import { readFile } from 'node:fs/promises';
import type { Db } from 'mongodb';
import { splitIdentity } from '../../../schemas/envelope.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { LevelEdition } from '../../../schemas/levelEdition.ts';
import { judgeLevel } from '../../../schemas/levelRule.ts';
import { compareFacts, type Fact, text, whole } from '../domain/facts.ts';
import { levelChange } from '../domain/levels.ts';
import { type Horizon, standingFacts } from './eventLog.ts';

export const LEVEL_EDITIONS = ['2022', '2024'] as const;
export type LevelEditionName = (typeof LEVEL_EDITIONS)[number];

/** The indicators of an edition, checked against their schema. */
export async function loadLevelEdition(edition: LevelEditionName): Promise<LevelEdition> {
  const file = new URL(`../../../schemas/levels/${edition}.json`, import.meta.url);
  return LevelEdition.parse(JSON.parse(await readFile(file, 'utf8')));
}

const KIND: Readonly<Record<string, 'diagnosis' | 'self' | 'on-site'>> = {
  'onboarding.diagnosis-completed.v1': 'diagnosis',
  'onboarding.self-assessed.v1': 'self',
  'onboarding.level-assessed.v1': 'on-site',
};

const isEdition = (name: string): name is LevelEditionName =>
  (LEVEL_EDITIONS as readonly string[]).includes(name);

async function recordOf(fact: Fact) {
  const { data, identity } = fact;
  const edition = text(data.edition);
  if (!isEdition(edition)) throw new ChainlightError('BAD_INPUT', `edition ${edition} is not known`);
  const [score, stated] = [whole(data.score) ?? 0, whole(data.level) ?? 0];
  const scenes = data.scenes as Record<string, number> | undefined;
  const computed = judgeLevel(await loadLevelEdition(edition), {
    score,
    ...(scenes === undefined ? {} : { scenes }),
  });
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
    /** Whether the stated level can follow from the sheet. */
    isConsistent: computed.level === null ? stated <= computed.atMost : stated === computed.level,
  };
}

/**
 * A firm's assessments, each a record of its own; only what was rated on site counts.
 * The change compares the first diagnosis with the last rating on site.
 */
export async function readLevels(db: Db, uscc: string, horizon: Horizon = {}) {
  const facts = await standingFacts(db, { types: Object.keys(KIND), firm: uscc }, horizon);
  const records = await Promise.all(facts.sort(compareFacts).map(recordOf));
  const before = records.find(({ kind }) => kind === 'diagnosis');
  const after = records.findLast(({ kind }) => kind === 'on-site');
  return {
    uscc,
    records,
    counted: after ?? null,
    change: before === undefined || after === undefined ? null : levelChange(before, after),
  };
}
