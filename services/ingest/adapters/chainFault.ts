import { splitIdentity } from '../../../schemas/envelope.ts';
import type { PartitionHead, StoredEvent } from '../../runtime/eventStore.ts';
import type { ChainEntry } from '../domain/chain.ts';

export type FaultKind =
  /** A stored event, or the verdict about a record, is not what it was. */
  | 'altered'
  /** An accepted event, or the verdict about a record, is no longer there. */
  | 'missing'
  /** An event stands in the log that no verdict accepted, or a verdict that was not there when the anchors were taken. */
  | 'inserted'
  /** The verdicts themselves do not follow from one another. */
  | 'chain-broken'
  /** The chain is sound in itself but is not the one that the anchors or a day's root were taken from. */
  | 'rewritten';

export interface ChainFault {
  readonly kind: FaultKind;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number | null;
  readonly source: string | null;
  readonly id: string | null;
  readonly detail: string;
}

/** A fault at a place; what is stored there need not be a place. */
export function faultAt(
  { topic, partition }: Pick<PartitionHead, 'topic' | 'partition'>,
  about: Pick<ChainEntry, 'offset' | 'identity'> | null,
  kind: FaultKind,
  detail: string,
): ChainFault {
  const identity = about?.identity ?? null;
  return {
    kind,
    topic: typeof topic === 'string' ? topic : '',
    partition: Number.isSafeInteger(partition) ? partition : 0,
    offset: Number.isSafeInteger(about?.offset) ? (about?.offset ?? null) : null,
    ...(identity === null ? { source: null, id: null } : splitIdentity(String(identity))),
    detail,
  };
}

export const unaccepted = (
  where: Pick<PartitionHead, 'topic' | 'partition'>,
  { _id, offset }: StoredEvent,
): ChainFault =>
  faultAt(
    where,
    { offset, identity: _id },
    'inserted',
    'no verdict accepted this event; delete it, or the true one of this identity would count as its duplicate',
  );
