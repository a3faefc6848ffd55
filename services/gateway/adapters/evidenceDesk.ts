import { randomUUID } from 'node:crypto';
import type { EvidenceAdded } from '../../../schemas/api/evidence.ts';
import { addEvidence } from '../../measurement/index.ts';
import { createProducer, type KafkaClient, type Producer } from '../../runtime/kafka.ts';
import type { Db } from '../../runtime/mongo.ts';

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
  let producer: Promise<Producer> | null = null;
  return {
    take: async (command, bytes) => {
      producer ??= createProducer(deps.kafka).catch((error) => {
        producer = null;
        throw error;
      });
      const acts = { db: deps.db, producer: await producer, now: deps.now, actId: randomUUID() };
      return addEvidence(acts, command, bytes);
    },
    close: async () => {
      const connected = await producer?.catch(() => null);
      await connected?.disconnect();
    },
  };
}
