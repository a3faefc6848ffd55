import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ChainlightError } from '../../schemas/errors.ts';
import { erpTopic, receiptsTopic } from '../../schemas/topics.ts';
import type { KafkaConfig } from './config.ts';

/** Parts of the product that sign in to Kafka, each as a principal of its own. */
export const KAFKA_ROLES = [
  'ingest',
  'measurement',
  'onboarding',
  'gateway',
  'redrive',
  'registrar',
  'simulator',
] as const;
export type KafkaRole = (typeof KAFKA_ROLES)[number];

export interface SignIn {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** How a client reaches the broker: with TLS or without, signed in or not. */
export interface KafkaSecurity {
  readonly ssl: boolean | { readonly ca: string };
  readonly sasl: SignIn | null;
}

export const OPEN: KafkaSecurity = { ssl: false, sasl: null };

export const principalOf = (role: KafkaRole): string => `chainlight-${role}`;
export const leaderPrincipal = (uscc: string): string => `leader-${uscc}`;

/** Passwords of the local stack's principals, by name; a file that only its owner can read. */
export const CredentialsFile = z.record(z.string(), z.string().min(16));
export type CredentialsFile = z.infer<typeof CredentialsFile>;

/**
 * How a role signs in: as KAFKA_USERNAME where that is given, else with its own password of KAFKA_CREDENTIALS_FILE, else not at all.
 * @throws ChainlightError BAD_USAGE when the file cannot be read or does not know the role
 */
export function securityOf(config: KafkaConfig, role: KafkaRole): KafkaSecurity {
  const ssl = config.KAFKA_SSL_CA ? { ca: readText(config.KAFKA_SSL_CA) } : config.KAFKA_SSL;
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password, KAFKA_SASL_MECHANISM: mechanism } = config;
  if (username !== undefined && password !== undefined)
    return { ssl, sasl: { mechanism, username, password } };
  if (config.KAFKA_CREDENTIALS_FILE === undefined) return { ssl, sasl: null };
  const name = principalOf(role);
  const known = readCredentials(config.KAFKA_CREDENTIALS_FILE)[name];
  if (known === undefined)
    throw new ChainlightError('BAD_USAGE', `${config.KAFKA_CREDENTIALS_FILE} has no password for ${name}`);
  return { ssl, sasl: { mechanism, username: name, password: known } };
}

function readCredentials(file: string): CredentialsFile {
  const parsed = CredentialsFile.safeParse(parseJson(readText(file)));
  if (parsed.success) return parsed.data;
  throw new ChainlightError('BAD_USAGE', `${file} is not a file of Kafka passwords`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ChainlightError('BAD_USAGE', `${file} cannot be read`, {}, { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export type KafkaOperation =
  | 'read'
  | 'write'
  | 'create'
  | 'alter'
  | 'describe'
  | 'delete'
  | 'describeConfigs'
  | 'alterConfigs';

/** What a principal may do with a topic, a consumer group, or the cluster. */
export interface Grant {
  readonly on: 'topic' | 'group' | 'cluster';
  /** `*` for all; with `prefixed` all whose name begins so. */
  readonly name: string;
  readonly prefixed?: true;
  readonly may: readonly KafkaOperation[];
}

const everyTopic = (...may: KafkaOperation[]): Grant => ({ on: 'topic', name: '*', may });
const topicsUnder = (name: string, ...may: KafkaOperation[]): Grant => ({
  on: 'topic',
  name,
  prefixed: true,
  may,
});
const topic = (name: string, ...may: KafkaOperation[]): Grant => ({ on: 'topic', name, may });

/** Groups that read a part of a topic once, and are deleted afterwards (kafkaRead.ts). */
export const READ_ONCE_GROUPS = 'chainlight-read-';
const readOnce: Grant = { on: 'group', name: READ_ONCE_GROUPS, prefixed: true, may: ['read', 'delete'] };

/** What each role may do. Only the gateway and redrive may write to every topic; only the registrar may admit somebody new. */
export const ROLE_GRANTS: Readonly<Record<KafkaRole, readonly Grant[]>> = {
  ingest: [
    everyTopic('read', 'describe', 'describeConfigs'),
    topic('dead-letters', 'write'),
    { on: 'group', name: 'chainlight-ingest', prefixed: true, may: ['read'] },
    readOnce,
  ],
  measurement: [everyTopic('describe'), topic('chainlight.acts', 'write')],
  onboarding: [everyTopic('describe'), topic('chainlight.acts', 'write')],
  gateway: [everyTopic('write', 'describe'), { on: 'group', name: '*', may: ['describe'] }],
  redrive: [everyTopic('read', 'write', 'describe'), readOnce],
  registrar: [
    everyTopic('describe', 'create', 'describeConfigs', 'alterConfigs'),
    topic('chainlight.acts', 'write'),
    { on: 'cluster', name: 'kafka-cluster', may: ['alter', 'describe'] },
  ],
  simulator: [
    everyTopic('describe'),
    topicsUnder('erp.', 'write'),
    topicsUnder('platform.', 'write'),
    topic('supplier.reports', 'write'),
    topic('programme.events', 'write'),
  ],
};

/** What a leader may do: write to its own topic, read its own receipts. */
export const leaderGrants = (uscc: string): readonly Grant[] => [
  topic(erpTopic(uscc), 'write', 'describe'),
  topic(receiptsTopic(uscc), 'read', 'describe'),
  { on: 'group', name: leaderPrincipal(uscc), prefixed: true, may: ['read'] },
];

/** Ingest writes receipts to a leader's own receipts topic, and to nothing else of the leader's. */
export const receiptGrants = (uscc: string): readonly Grant[] => [topic(receiptsTopic(uscc), 'write')];
