import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createKafka, ensureBaseTopics } from '../../runtime/kafka.ts';
import { allow, newPassword, setPassword } from '../../runtime/kafkaPrincipals.ts';
import {
  CredentialsFile,
  KAFKA_ROLES,
  type KafkaSecurity,
  principalOf,
  ROLE_GRANTS,
} from '../../runtime/kafkaSecurity.ts';

/** The principal that the launcher itself and the broker sign in as; it may do everything, and only this machine knows its password. */
const ADMIN = 'chainlight-admin';

/** Passwords of the secured local broker's principals. A data folder that has them stays secured. */
export const credentialsPath = (dataDir: string): string => join(dataDir, 'kafka', 'credentials.json');

export const isSecured = (dataDir: string): boolean => existsSync(credentialsPath(dataDir));

/** Reads the passwords, or makes them at the first secured start. The file can be read by its owner alone. */
export async function localCredentials(dataDir: string): Promise<CredentialsFile> {
  const path = credentialsPath(dataDir);
  if (existsSync(path)) return CredentialsFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  const names = [ADMIN, ...KAFKA_ROLES.map(principalOf)];
  const credentials = Object.fromEntries(names.map((name) => [name, newPassword()]));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  await chmod(path, 0o600);
  return credentials;
}

export const adminSecurity = (credentials: CredentialsFile): KafkaSecurity => ({
  ssl: false,
  sasl: { mechanism: 'plain', username: ADMIN, password: credentials[ADMIN] ?? '' },
});

/**
 * Broker properties of a secured start. Clients sign in with SCRAM-SHA-256. The admin's password stands in this file, which its owner
 * alone can read, since the broker has to know somebody before it can be asked to admit anybody.
 */
export function securedProperties(credentials: CredentialsFile): Record<string, string> {
  const password = credentials[ADMIN] ?? '';
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required username="${ADMIN}" password="${password}" user_${ADMIN}="${password}";`;
  return {
    'listener.security.protocol.map': 'CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT',
    'listener.name.client.sasl.enabled.mechanisms': 'SCRAM-SHA-256,PLAIN',
    'listener.name.client.plain.sasl.jaas.config': plain,
    'listener.name.client.scram-sha-256.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.controller.plain.sasl.jaas.config': plain,
    'sasl.mechanism.controller.protocol': 'PLAIN',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found': 'false',
    'super.users': `User:${ADMIN}`,
  };
}

/** Makes the product's principals with what each may do, and the topics that exist from the first start on. May be done again. */
export async function admitServices(address: string, credentials: CredentialsFile): Promise<void> {
  const client = createKafka([address], 'chainlight-launcher', undefined, adminSecurity(credentials));
  try {
    await ensureBaseTopics(client);
    for (const role of KAFKA_ROLES) {
      const principal = principalOf(role);
      await setPassword(client, principal, credentials[principal] ?? '');
      await allow(client, principal, ROLE_GRANTS[role]);
    }
  } finally {
    await client.close();
  }
}
