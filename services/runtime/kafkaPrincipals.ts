import { pbkdf2, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type { AclEntry } from 'kafkajs';
import { ChainlightError } from '../../schemas/errors.ts';
import type { KafkaClient } from './kafka.ts';
import { loadKafkajs } from './kafkajs.ts';
import type { Grant } from './kafkaSecurity.ts';

/** Allows a principal what the grants say, from any host; what it was allowed before stays. */
export async function allow(client: KafkaClient, principal: string, grants: readonly Grant[]): Promise<void> {
  const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = loadKafkajs();
  const resource = {
    topic: AclResourceTypes.TOPIC,
    group: AclResourceTypes.GROUP,
    cluster: AclResourceTypes.CLUSTER,
  } as const;
  const operationOf = {
    read: AclOperationTypes.READ,
    write: AclOperationTypes.WRITE,
    create: AclOperationTypes.CREATE,
    alter: AclOperationTypes.ALTER,
    describe: AclOperationTypes.DESCRIBE,
    delete: AclOperationTypes.DELETE,
    describeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
    alterConfigs: AclOperationTypes.ALTER_CONFIGS,
  } as const;
  const acl = grants.flatMap(({ on, name, prefixed, may }) =>
    may.map(
      (operation): AclEntry => ({
        resourceType: resource[on],
        resourceName: name,
        resourcePatternType: prefixed ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
        principal: `User:${principal}`,
        host: '*',
        operation: operationOf[operation],
        permissionType: AclPermissionTypes.ALLOW,
      }),
    ),
  );
  await (await client.admin()).createAcls({ acl });
}

const SCRAM_SHA_256 = 1;
const CLUSTER_AUTHORIZATION_FAILED = 31;
const ITERATIONS = 8_192;
const SALT_BYTES = 32;
const HASH_BYTES = 32;
const derive = promisify(pbkdf2);

/** A password that nobody has to remember: 192 random bits. */
export const newPassword = (): string => randomBytes(24).toString('base64url');

/**
 * Sets a principal's password for SASL/SCRAM-SHA-256; an earlier one ends. The password itself is not sent: Kafka gets its salted hash.
 * @throws ChainlightError NOT_AUTHORISED when the client may not, INTERNAL when the broker refuses for another reason
 */
export async function setPassword(client: KafkaClient, principal: string, password: string): Promise<void> {
  const salt = randomBytes(SALT_BYTES);
  const salted = await derive(password, salt, ITERATIONS, HASH_BYTES, 'sha256');
  const pool = await connectionPool(client);
  try {
    const outcome = await pool.send(alterScramRequest(principal, salt, salted));
    if (outcome.errorCode === CLUSTER_AUTHORIZATION_FAILED)
      throw new ChainlightError('NOT_AUTHORISED', `this Kafka principal may not admit ${principal}`);
    if (outcome.errorCode !== 0)
      throw new ChainlightError(
        'INTERNAL',
        `Kafka did not take the password of ${principal}: ${outcome.message ?? `error ${outcome.errorCode}`}`,
      );
  } finally {
    await pool.destroy();
  }
}

/** The parts of kafkajs that speak Kafka's protocol. Its public interface has no request for SCRAM credentials (KIP-554). */
interface ConnectionPool {
  send(request: object): Promise<{ errorCode: number; message: string | null }>;
  destroy(): Promise<void>;
}
interface Encoder {
  writeInt8(value: number): Encoder;
  writeInt32(value: number): Encoder;
  writeUVarIntString(value: string): Encoder;
  writeUVarIntBytes(value?: Buffer): Encoder;
  writeUVarIntArray(items: readonly Encoder[]): Encoder;
}
interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readUVarIntString(): string | null;
  readUVarIntArray<Item>(read: (decoder: Decoder) => Item): Item[];
  readTaggedFields(): void;
}

const load = createRequire(import.meta.url);

async function connectionPool({ kafka, brokers, security }: KafkaClient): Promise<ConnectionPool> {
  const poolBuilder = load('kafkajs/src/cluster/connectionPoolBuilder');
  const Broker = load('kafkajs/src/broker');
  const socketFactory = load('kafkajs/src/network/socketFactory')();
  const logger = kafka.logger();
  const pool = await poolBuilder({
    socketFactory,
    brokers,
    ssl: security.ssl || null,
    sasl: security.sasl,
    clientId: 'chainlight-principals',
    requestTimeout: 30_000,
    connectionTimeout: 5_000,
    logger,
  }).build();
  await new Broker({ connectionPool: pool, logger }).connect();
  return pool;
}

/** AlterUserScramCredentials, version 0: no deletion, one upsertion. The empty byte fields are the protocol's tagged fields. */
function alterScramRequest(principal: string, salt: Buffer, salted: Buffer): object {
  const EncoderClass = load('kafkajs/src/protocol/encoder') as new () => Encoder;
  const DecoderClass = load('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => Decoder;
  return {
    request: {
      apiKey: 51,
      apiVersion: 0,
      apiName: 'AlterUserScramCredentials',
      encode: async () =>
        new EncoderClass()
          .writeUVarIntBytes()
          .writeUVarIntArray([])
          .writeUVarIntArray([
            new EncoderClass()
              .writeUVarIntString(principal)
              .writeInt8(SCRAM_SHA_256)
              .writeInt32(ITERATIONS)
              .writeUVarIntBytes(salt)
              .writeUVarIntBytes(salted)
              .writeUVarIntBytes(),
          ])
          .writeUVarIntBytes(),
    },
    response: {
      decode: async (bytes: Buffer) => {
        const decoder = new DecoderClass(bytes);
        decoder.readTaggedFields();
        decoder.readInt32();
        const [result] = decoder.readUVarIntArray((item) => {
          item.readUVarIntString();
          return { errorCode: item.readInt16(), message: item.readUVarIntString() };
        });
        return result ?? { errorCode: -1, message: 'no answer for this principal' };
      },
      parse: async <Outcome>(outcome: Outcome): Promise<Outcome> => outcome,
    },
  };
}
