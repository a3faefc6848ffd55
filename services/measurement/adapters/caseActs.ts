import type { Db } from 'mongodb';
import type { z } from 'zod';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { EventDefinition } from '../../../schemas/events/define.ts';
import * as events from '../../../schemas/events/measurement.ts';
import { bilingual, FINDING_STATES_ZH } from '../../../schemas/wording.ts';
import type { Producer } from '../../runtime/kafka.ts';
import { type ActRecord, recordAct } from '../../runtime/recordAct.ts';
import { factKeys, refusalOf } from '../domain/cases.ts';
import type { CaseAct } from '../domain/ledgers.ts';
import { readFindings } from './readFindings.ts';

export const MEASUREMENT_SOURCE = '/system/measurement';

/** The event that records each act on a finding. */
export const CASE_ACTS = {
  assigned: events.findingAssigned,
  replied: events.findingReplied,
  closed: events.findingClosed,
  appealed: events.findingAppealed,
} as const satisfies Record<CaseAct['act'], EventDefinition>;
type Definitions = typeof CASE_ACTS;

/** What a person does about a finding. */
export type CaseCommand = {
  [Name in CaseAct['act']]: { act: Name } & z.input<Definitions[Name]['data']>;
}[CaseAct['act']];

export interface ActDeps {
  readonly db: Db;
  readonly producer: Producer;
  readonly now: () => Date;
  /** Tells acts apart; the same id is the same act. */
  readonly actId: string;
}

/**
 * Records an act on a finding.
 * @param others findings of other parts of the product, see `readFindings`
 * @throws ChainlightError NOT_FOUND for an unknown finding, FINDING_NOT_OPEN when its state does not take the act,
 * SEPARATION_OF_DUTIES where a firm concerned would decide, or an appeal would be decided by who took the decision or appealed
 */
export async function actOnFinding(
  deps: ActDeps,
  command: CaseCommand,
  others: Parameters<typeof readFindings>[2] = [],
): Promise<ActRecord> {
  const { act, ...fields } = command;
  const { findings, facts: byFinding } = await readFindings(deps.db, {}, others);
  const finding = findings.find(({ id }) => id === command.findingId);
  if (finding === undefined)
    throw new ChainlightError('NOT_FOUND', `there is no finding ${command.findingId}; see \`findings\``);
  const known = await deps.db
    .collection<{ _id: string; acts: CaseAct[] }>('finding_cases')
    .findOne({ _id: command.findingId });
  const facts = byFinding.get(command.findingId) ?? [];
  const refusal = refusalOf(known ?? undefined, act, command.actor, facts);
  if (refusal === 'SEPARATION_OF_DUTIES')
    throw new ChainlightError(
      refusal,
      bilingual(
        `${command.actor.name} may not decide ${finding.id}: neither a firm concerned, nor who took the decision that is appealed or appealed against it`,
        '相关企业不能作出决定；申诉须由原决定人和申诉人以外的人决定',
      ),
    );
  if (refusal !== null)
    throw new ChainlightError(
      refusal,
      bilingual(
        `finding ${finding.id} is ${finding.state} and does not take this`,
        `这条发现${FINDING_STATES_ZH[finding.state]}，不能这样处理`,
      ),
    );
  const definition = CASE_ACTS[act];
  return recordAct(deps, {
    source: MEASUREMENT_SOURCE,
    id: `finding/${deps.actId}`,
    type: definition.type,
    time: deps.now().toISOString(),
    partitionkey: command.findingId.slice(0, 100),
    data: definition.data.parse({
      ...fields,
      facts: factKeys(facts, command.act === 'closed' ? command.outcome : undefined),
    }),
  });
}
