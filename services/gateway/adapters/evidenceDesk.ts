import { randomUUID } from 'node:crypto';
import type { EvidenceAdded } from '../../../schemas/api/evidence.ts';
import { addEvidence } from '../../measurement/index.ts';
import type { KafkaClient } from '../../runtime/kafka.ts';
import type { Db } from '../../runtime/mongo.ts';
import { lazyProducer } from './lazyProducer.ts';

type Command = Parameters<typeof addEvidence>[1];

/** Takes files in; the answer comes when the bytes are kept and the event is stored. */
export interface EvidenceDesk {
  /** @throws ChainlightError FILE_NOT_TAKEN */
  take(command: Command, bytes: Uint8Array): Promise<EvidenceAdded>;
  close(): Promise<void>;
}

export function createEvidenceDesk(deps: {
  readonly kafka: KafkaClient;
  readonly db: Db;
  readonly now: () => Date;
}): EvidenceDesk {
  const producer = lazyProducer(deps.kafka);
  return {
    take: async (command, bytes) => {
      const acts = { db: deps.db, producer: await producer.get(), now: deps.now, actId: randomUUID() };
      return addEvidence(acts, command, bytes);
    },
    close: producer.close,
  };
}
