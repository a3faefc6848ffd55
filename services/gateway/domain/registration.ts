import { createHash } from 'node:crypto';
import stringify from 'safe-stable-stringify';
import type { DeclareRelation, RegisterLeader } from '../../../schemas/api/registry.ts';
import type { RecordOverride, RevokeOverride } from '../../../schemas/api/usccOverrides.ts';
import type { Envelope } from '../../../schemas/envelope.ts';
import type { Actor } from '../../../schemas/events/acts.ts';
import type { DataOf, EventType } from '../../../schemas/events/index.ts';

/** Who states the acts of registration; part of the authority table. */
export const REGISTRY_SOURCE = '/system/registry';

/** The act that registers a leader and its sources. The same content at the same time has the same id. */
export function leaderRegistered(command: RegisterLeader, now: Date): Envelope {
  const data: DataOf<'leader.registered.v1'> = {
    leaderUscc: command.uscc,
    name: command.name,
    sources: [...new Set(command.sources)].sort(),
    ...(command.simulated ? { simulated: true } : {}),
  };
  return act('leader.registered.v1', `leader/${command.uscc}`, command.uscc, instant(command.at, now), data);
}

/** The act that lets a leader speak about a supplier from a day on. */
export function relationDeclared(command: DeclareRelation, now: Date): Envelope {
  const data: DataOf<'relation.declared.v1'> = {
    buyerUscc: command.leader,
    supplierUscc: command.supplier,
    validFrom: command.from,
    ...(command.supplierName === undefined ? {} : { supplierName: command.supplierName }),
    ...(command.simulated ? { simulated: true } : {}),
  };
  const name = `relation/${command.leader}/${command.supplier}`;
  return act('relation.declared.v1', name, command.supplier, instant(command.at, now), data);
}

/** The act that lets a code with a wrong check digit in. */
export function overrideRecorded(command: RecordOverride, actor: Actor, now: Date): Envelope {
  const data: DataOf<'uscc.override-recorded.v1'> = { ...command, actor };
  return act('uscc.override-recorded.v1', `override/${command.uscc}`, command.uscc, now.toISOString(), data);
}

/** The act that ends it. */
export function overrideRevoked(command: RevokeOverride, actor: Actor, now: Date): Envelope {
  const data: DataOf<'uscc.override-revoked.v1'> = { ...command, actor };
  return act('uscc.override-revoked.v1', `override/${command.uscc}`, command.uscc, now.toISOString(), data);
}

/** Whether a registration adds nothing to what the log says last about the same leader or relation. */
export function saysTheSame(earlier: Pick<Envelope, 'data'> | null, next: Pick<Envelope, 'data'>): boolean {
  return earlier !== null && stringify(earlier.data) === stringify(next.data);
}

const instant = (at: string | undefined, now: Date): string => (at ? new Date(at) : now).toISOString();

function act(type: EventType, name: string, firm: string, time: string, data: Envelope['data']): Envelope {
  const digest = createHash('sha256')
    .update(stringify({ time, data }) ?? '')
    .digest('hex')
    .slice(0, 16);
  const id = `${name}/${digest}`;
  return {
    specversion: '1.0',
    id,
    source: REGISTRY_SOURCE,
    type,
    time,
    subject: firm,
    partitionkey: firm,
    datacontenttype: 'application/json',
    correlationid: id,
    data,
  };
}
