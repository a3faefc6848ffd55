import { createHash, randomUUID } from 'node:crypto';
import type { Registration } from '../../../schemas/api/registry.ts';
import type { Envelope } from '../../../schemas/envelope.ts';
import type { EventType } from '../../../schemas/events/index.ts';
import { ACTS } from '../../../schemas/topics.ts';
import type { KafkaClient } from '../../runtime/kafka.ts';
import type { Mongo } from '../../runtime/mongo.ts';
import { projectOnce } from '../../runtime/projector.ts';
import { recordAct } from '../../runtime/recordAct.ts';
import { consentProjector } from './consentProjector.ts';
import { lazyProducer } from './lazyProducer.ts';

const SOURCE = '/system/consent';

/** States what people decide through the gateway itself; an answer comes when the event is stored and has taken effect. */
export interface Statements {
  /** @param once names what can be stated only once; by default every call states something new */
  state(type: EventType, firm: string, data: Envelope['data'], once?: string): Promise<Registration>;
  close(): Promise<void>;
}

export function createStatements(deps: {
  readonly kafka: KafkaClient;
  readonly mongo: Mongo;
  readonly now: () => Date;
}): Statements {
  const producer = lazyProducer(deps.kafka);
  return {
    state: async (type, firm, data, once) => {
      const time = deps.now().toISOString();
      const name = once ?? createHash('sha256').update(randomUUID()).digest('hex').slice(0, 20);
      const id = `${type}/${firm}/${name}`;
      const { confirmed } = await recordAct(
        { db: deps.mongo.db, producer: await producer.get() },
        { source: SOURCE, id, type, time, partitionkey: firm, data },
      );
      while (confirmed && (await projectOnce(deps.mongo, consentProjector))) {
        // Until the read model has caught up, so that the next reading already heeds it.
      }
      return { source: SOURCE, id, topic: ACTS, time, confirmed };
    },
    close: producer.close,
  };
}
