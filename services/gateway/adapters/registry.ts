import {
  DeclareRelation,
  type KafkaCredentials,
  type LeaderList,
  type LeaderRegistration,
  type PlatformRegistration,
  RegisterLeader,
  type RegisterPlatform,
  type Registration,
} from '../../../schemas/api/registry.ts';
import type { RecordOverride, RevokeOverride } from '../../../schemas/api/usccOverrides.ts';
import type { Envelope } from '../../../schemas/envelope.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { Actor } from '../../../schemas/events/acts.ts';
import { ACTS, erpTopic, platformTopic, receiptsTopic } from '../../../schemas/topics.ts';
import { bilingual } from '../../../schemas/wording.ts';
import { standingOverrides } from '../../ingest/index.ts';
import { waitUntilStored } from '../../runtime/confirm.ts';
import { eventsOf, type StoredEvent } from '../../runtime/eventStore.ts';
import {
  createProducer,
  ensureTopics,
  type KafkaClient,
  type Producer,
  send,
  storeUncompressed,
} from '../../runtime/kafka.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Db } from '../../runtime/mongo.ts';
import {
  leaderRegistered,
  overrideRecorded,
  overrideRevoked,
  relationDeclared,
  saysTheSame,
} from '../domain/registration.ts';
import { requireCheckDigits } from './checkDigits.ts';
import { admitLeader, issueLeaderPassword } from './leaderPrincipals.ts';

/** Who may speak for whom. Every registration is an event; its answer comes when ingest has stored it. */
export interface Registry {
  registerLeader(command: RegisterLeader): Promise<LeaderRegistration>;
  registerPlatform(command: RegisterPlatform): Promise<PlatformRegistration>;
  /** @throws ChainlightError BAD_INPUT when the leader is not registered */
  declareRelation(command: DeclareRelation): Promise<Registration>;
  /**
   * Makes a new password for a leader's principal; an earlier one ends. It is kept nowhere but as Kafka's salted hash.
   * @returns null where Kafka asks nobody to sign in
   * @throws ChainlightError BAD_INPUT when the leader is not registered
   */
  issueCredentials(uscc: string): Promise<KafkaCredentials | null>;
  listLeaders(): Promise<LeaderList>;
  /** Lets a code with a wrong check digit in, for as long as the override stands. */
  recordOverride(command: RecordOverride, actor: Actor): Promise<Registration>;
  /** @throws ChainlightError NOT_FOUND when no override of the code stands */
  revokeOverride(command: RevokeOverride, actor: Actor): Promise<Registration>;
  close(): Promise<void>;
}

export interface RegistryDeps {
  /** Signed in as the registrar: makes topics and admits leaders. */
  readonly kafka: KafkaClient;
  readonly db: Db;
  readonly logger: Logger;
  readonly now: () => Date;
  /** How long to wait for ingest. */
  readonly confirmTimeoutMs?: number;
}

interface LeaderDocument {
  readonly _id: string;
  readonly name: string;
  readonly sources: string[];
  readonly registeredAt: Date;
}

const CONFIRM_TIMEOUT_MS = 15_000;
/** What was said before may have been taken back meanwhile: saying it again is a new act. */
const ALWAYS_NEW = () => false;

export function createRegistry(deps: RegistryDeps): Registry {
  const { db, kafka, logger } = deps;
  let producer: Promise<Producer> | null = null;

  async function state(
    event: Envelope,
    firm: string,
    sameOf: (data: Envelope['data']) => boolean,
  ): Promise<Registration> {
    const earlier = await lastOf(db, event.type, firm, sameOf);
    const repeated = earlier !== null && saysTheSame(earlier, event);
    const stated = repeated ? earlier : event;
    if (!repeated) {
      producer ??= createProducer(kafka).catch((error) => {
        producer = null;
        throw error;
      });
      const value = JSON.stringify(event);
      const headers = { 'content-type': 'application/cloudevents+json' };
      await send(await producer, ACTS, [{ key: event.partitionkey ?? null, value, headers }]);
    }
    const confirmed = await waitUntilStored(db, stated, deps.confirmTimeoutMs ?? CONFIRM_TIMEOUT_MS);
    logger.info({ correlationId: stated.id, type: stated.type, repeated, confirmed }, 'registration stated');
    return { source: stated.source, id: stated.id, topic: ACTS, time: stated.time, confirmed };
  }

  return {
    registerLeader: async (command) => {
      await requireCheckDigits(db, RegisterLeader, command);
      const topic = erpTopic(command.uscc);
      const receipts = receiptsTopic(command.uscc);
      await ensureTopics(kafka, [topic, ACTS]);
      await storeUncompressed(kafka, [topic]);
      await ensureTopics(kafka, [receipts], 1);
      await admitLeader(kafka, command.uscc);
      const event = leaderRegistered(command, deps.now());
      const stated = await state(event, command.uscc, () => true);
      return { ...stated, uscc: command.uscc, erpTopic: topic, receiptsTopic: receipts };
    },

    registerPlatform: async ({ platform }) => {
      const topic = platformTopic(platform);
      await ensureTopics(kafka, [topic]);
      await storeUncompressed(kafka, [topic]);
      return { platform, topic };
    },

    issueCredentials: async (uscc) => {
      await demandRegistered(db, uscc);
      return issueLeaderPassword(kafka, uscc);
    },

    declareRelation: async (command) => {
      await requireCheckDigits(db, DeclareRelation, command);
      await demandRegistered(db, command.leader);
      await ensureTopics(kafka, [ACTS]);
      const event = relationDeclared(command, deps.now());
      return state(event, command.supplier, (data) => data.buyerUscc === command.leader);
    },

    recordOverride: async (command, actor) => {
      await ensureTopics(kafka, [ACTS]);
      return state(overrideRecorded(command, actor, deps.now()), command.uscc, ALWAYS_NEW);
    },

    revokeOverride: async (command, actor) => {
      const { uscc } = command;
      if (!(await standingOverrides(db, [uscc])).has(uscc))
        throw new ChainlightError(
          'NOT_FOUND',
          bilingual(`no override of ${uscc} stands`, `${uscc} 没有生效的例外登记`),
        );
      return state(overrideRevoked(command, actor, deps.now()), uscc, ALWAYS_NEW);
    },

    listLeaders: async () => {
      const leaders = await db.collection<LeaderDocument>('leaders').find().sort({ _id: 1 }).toArray();
      return {
        leaders: leaders.map(({ _id, name, sources, registeredAt }) => ({
          uscc: _id,
          name,
          sources,
          registeredAt: registeredAt.toISOString(),
          topic: erpTopic(_id),
        })),
      };
    },

    close: async () => {
      const connected = await producer?.catch(() => null);
      await connected?.disconnect();
    },
  };
}

async function demandRegistered(db: Db, uscc: string): Promise<void> {
  if ((await lastOf(db, 'leader.registered.v1', uscc, () => true)) !== null) return;
  throw new ChainlightError(
    'BAD_INPUT',
    `${uscc} is not a registered leader. Register it first: cli leaders add --uscc ${uscc} --name … --source /chain/${uscc}/erp/<system>`,
    { leader: uscc },
  );
}

/** The event of a type about a firm that is latest in business time, among those whose data pass. */
async function lastOf(
  db: Db,
  type: string,
  firm: string,
  passes: (data: Envelope['data']) => boolean,
): Promise<Envelope | null> {
  const query = { firm, type: type as StoredEvent['type'] };
  const stored = await eventsOf(db).find(query).sort({ time: -1, _id: -1 }).toArray();
  for (const { body } of stored) {
    const event = JSON.parse(body) as Envelope;
    if (passes(event.data)) return event;
  }
  return null;
}
