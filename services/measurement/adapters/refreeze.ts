import type { Db } from 'mongodb';
import { ChainlightError } from '../../../schemas/errors.ts';
import {
  type Actor,
  AUDITOR,
  baselineRefrozen,
  leaderBaselineRefrozen,
} from '../../../schemas/events/acts.ts';
import { type ActRecord, recordAct } from '../../runtime/recordAct.ts';
import { freezeBaseline } from '../domain/baseline.ts';
import { leaderBaselineId } from '../domain/records.ts';
import { type ActDeps, MEASUREMENT_SOURCE } from './caseActs.ts';
import { figuresHash } from './freeze.ts';
import { firmWorld } from './read.ts';

export interface RefreezeCommand {
  readonly uscc: string;
  /** Of the supplier's contract; absent for the baseline that a leader has for its chain. */
  readonly programme?: string | undefined;
  readonly actor: Actor;
  readonly reason: string;
}

/**
 * The months before the contract as they are known now, as the data of the event that replaces a frozen baseline.
 * @throws ChainlightError BAD_INPUT for another role than the auditor's, NOT_FOUND where no baseline is frozen
 */
export async function refrozenData(db: Db, { uscc, programme, actor, reason }: RefreezeCommand) {
  if (actor.role !== AUDITOR)
    throw new ChainlightError('BAD_INPUT', `only an auditor (role ${AUDITOR}) replaces a frozen baseline`);
  const world = await firmWorld(db, uscc, {});
  const baseline =
    programme === undefined
      ? world.leaderBaseline(uscc)
      : world.baselinesOf(uscc).find((one) => one.programme === programme);
  if (baseline?.frozen === undefined)
    throw new ChainlightError(
      'NOT_FOUND',
      programme === undefined
        ? `no baseline of ${uscc} as the leader of a chain is frozen`
        : `no baseline of ${uscc} is frozen in programme ${programme}`,
    );
  const { contractMonth, figuresSha256, firstSupplierUscc } = baseline.frozen;
  const content = freezeBaseline(world.months(uscc), contractMonth);
  const common = {
    programme: baseline.programme,
    contractMonth,
    ...content,
    figuresSha256: figuresHash(content.figures),
    replacesSha256: figuresSha256,
    actor,
    reason,
  };
  return programme === undefined
    ? leaderBaselineRefrozen.data.parse({ leaderUscc: uscc, firstSupplierUscc, ...common })
    : baselineRefrozen.data.parse({ supplierUscc: uscc, ...common });
}

/** Records that an auditor replaced a frozen baseline. */
export async function refreezeBaseline(
  deps: ActDeps,
  command: RefreezeCommand,
): Promise<ActRecord & { figuresSha256: string; replacesSha256: string }> {
  const { uscc, programme } = command;
  const data = await refrozenData(deps.db, command);
  const record = await recordAct(deps, {
    source: MEASUREMENT_SOURCE,
    id: `baseline/${programme === undefined ? leaderBaselineId(uscc) : `${programme}/${uscc}`}/refrozen/${deps.actId}`,
    type: programme === undefined ? leaderBaselineRefrozen.type : baselineRefrozen.type,
    time: deps.now().toISOString(),
    partitionkey: uscc,
    data,
  });
  return { ...record, figuresSha256: data.figuresSha256, replacesSha256: data.replacesSha256 };
}
