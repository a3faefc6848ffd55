import { setTimeout as sleep } from 'node:timers/promises';
import { actOnFinding, type CaseCommand, type Suspicion } from '../../measurement/index.ts';
import type { KafkaClient } from '../../runtime/kafka.ts';
import type { Db } from '../../runtime/mongo.ts';
import type { ActRecord } from '../../runtime/recordAct.ts';
import { lazyProducer } from './lazyProducer.ts';

const SHOWN_WITHIN_MS = 5_000;
const POLL_MS = 50;

/** Records what people do about findings. */
export interface FindingActs {
  /**
   * Resolves when the event is stored and, if measurement keeps up, the finding shows it.
   * @throws ChainlightError NOT_FOUND, FINDING_NOT_OPEN
   */
  act(actId: string, command: CaseCommand): Promise<ActRecord>;
  close(): Promise<void>;
}

export function createFindingActs(deps: {
  readonly kafka: KafkaClient;
  readonly db: Db;
  readonly now: () => Date;
  /** Findings that others than measurement raise. */
  readonly readOthers: () => Promise<readonly Suspicion[]>;
}): FindingActs {
  const { kafka, db, now, readOthers } = deps;
  const producer = lazyProducer(kafka);
  const actsOn = async (findingId: string): Promise<number> => {
    const known = await db
      .collection<{ _id: string; acts: readonly unknown[] }>('finding_cases')
      .findOne({ _id: { $eq: findingId } });
    return known?.acts.length ?? 0;
  };
  return {
    act: async (actId, command) => {
      const before = await actsOn(command.findingId);
      const acts = { db, producer: await producer.get(), now, actId };
      const record = await actOnFinding(acts, command, await readOthers());
      const until = performance.now() + SHOWN_WITHIN_MS;
      while (record.confirmed && (await actsOn(command.findingId)) === before && performance.now() < until)
        await sleep(POLL_MS);
      return record;
    },
    close: producer.close,
  };
}
