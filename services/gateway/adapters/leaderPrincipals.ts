import type { KafkaCredentials } from '../../../schemas/api/registry.ts';
import type { KafkaClient } from '../../runtime/kafka.ts';
import { allow, newPassword, setPassword } from '../../runtime/kafkaPrincipals.ts';
import { leaderGrants, leaderPrincipal, principalOf, receiptGrants } from '../../runtime/kafkaSecurity.ts';

/** Lets a leader's principal write to its own topic and read its receipts; does nothing where nobody signs in. */
export async function admitLeader(registrar: KafkaClient, uscc: string): Promise<void> {
  if (registrar.security.sasl === null) return;
  await allow(registrar, leaderPrincipal(uscc), leaderGrants(uscc));
  await allow(registrar, principalOf('ingest'), receiptGrants(uscc));
}

/** A new password for a leader's principal, shown to the caller alone; null where nobody signs in. */
export async function issueLeaderPassword(
  registrar: KafkaClient,
  uscc: string,
): Promise<KafkaCredentials | null> {
  if (registrar.security.sasl === null) return null;
  const username = leaderPrincipal(uscc);
  const password = newPassword();
  await setPassword(registrar, username, password);
  return { mechanism: 'SCRAM-SHA-256', username, password };
}
