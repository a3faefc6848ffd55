import type { ChainEntry } from './chain.ts';
import { contentHashOf } from './decide.ts';
import type { IncomingRecord } from './record.ts';

/**
 * Whether a verdict may have been given about this record. A batch that was refused as one says nothing of the records that a later
 * version may read in it.
 */
export const isOfVerdict = (record: IncomingRecord, { code, identity, contentHash }: ChainEntry): boolean =>
  code === 'RECORDS_COMPRESSED' || contentHashOf(record, identity !== null) === contentHash;
