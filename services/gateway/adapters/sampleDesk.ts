import { ChainlightError } from '../../../schemas/errors.ts';
import type { Actor } from '../../../schemas/events/acts.ts';
import type { AuditCheck } from '../../../schemas/events/audit.ts';
import {
  type Drawn,
  knownPaperAct,
  type PaperCommand,
  type PaperState,
  readDraw,
  recordDraw,
  recordPaperAct,
  requireTakes,
} from '../../audit/index.ts';
import { keepEvidenceFile } from '../../measurement/index.ts';
import type { KafkaClient } from '../../runtime/kafka.ts';
import type { Db } from '../../runtime/mongo.ts';
import type { ActRecord } from '../../runtime/recordAct.ts';
import { lazyProducer } from './lazyProducer.ts';

export interface PaperName {
  readonly drawId: string;
  readonly uscc: string;
}
type Draw = Parameters<typeof recordDraw>[1];

/** Records draws, and what people do on work-papers; answers come when ingest has stored the event. */
export interface SampleDesk {
  /** The draw as it is on record; the same draw again is answered with the first. */
  draw(draw: Draw): Promise<Drawn>;
  /** @throws ChainlightError WORK_PAPER_STATE, BAD_INPUT */
  act(paper: PaperName, state: PaperState, command: PaperCommand, who: Who): Promise<ActRecord>;
  /** Keeps a file and attaches it. @throws ChainlightError FILE_NOT_TAKEN, WORK_PAPER_STATE */
  attach(paper: PaperName, state: PaperState, file: FileToAttach, who: Who): Promise<Attached>;
  close(): Promise<void>;
}

export interface Who {
  readonly actor: Actor;
  /** Tells acts apart; the same id is the same act. */
  readonly actId: string;
}
interface FileToAttach {
  readonly check: AuditCheck;
  readonly fileName: string;
  readonly bytes: Buffer;
}
type Attached = ActRecord & Omit<Extract<PaperCommand, { kind: 'attached' }>, 'kind'>;

export function createSampleDesk(deps: {
  readonly kafka: KafkaClient;
  readonly db: Db;
  readonly now: () => Date;
}): SampleDesk {
  const { db, now } = deps;
  const producer = lazyProducer(deps.kafka);
  const act: SampleDesk['act'] = async (paper, state, command, { actor, actId }) => {
    const known = await knownPaperAct(db, command.kind, paper, actId);
    if (known !== null) return known;
    requireTakes(state, command);
    return recordPaperAct({ db, producer: await producer.get(), now, actId }, paper, command, actor);
  };
  return {
    draw: async (draw) => {
      const isStored = await recordDraw({ db, producer: await producer.get(), now }, draw);
      if (!isStored)
        throw new ChainlightError(
          'SERVER_UNREACHABLE',
          'the draw was sent, but ingest has not taken it in yet; draw the same again',
        );
      return readDraw(db, draw.drawId);
    },
    act,
    attach: async (paper, state, { check, fileName, bytes }, { actor, actId }) => {
      const about = await keepEvidenceFile(db, bytes, fileName);
      const file = { check, fileName, ...about };
      // The same file for the same check is the same act.
      const id = `${actId}.${check}.${about.sha256.slice(0, 16)}`;
      return { ...(await act(paper, state, { kind: 'attached', ...file }, { actor, actId: id })), ...file };
    },
    close: producer.close,
  };
}
