import type { Reach } from './principal.ts';
import { isOwnFirm, type Owned, seesOnboarding } from './visibility.ts';

export const WATCHED_COLLECTIONS = [
  'onboardings',
  'summaries',
  'consents',
  'findings',
  'finding_cases',
] as const;

/** Whether a text can be a resume token at all: hexadecimal, as MongoDB writes them. */
export const isPosition = (text: string): boolean => /^[0-9A-F]{16,600}$/.test(text);

/** The cluster time of a position: the ticks stand after the first byte, seconds before count. */
const tickOf = (position: string): bigint => BigInt(`0x${position.slice(2, 18)}`);

/**
 * Whether who has read all up to `position` and found nothing further has reached `goal`. A new stream begins one tick after the newest
 * operation, a place that a reader of an idle database comes next to and never at.
 */
export const hasReachedPosition = (position: string, goal: string): boolean =>
  position >= goal || tickOf(position) + 1n >= tickOf(goal);

/** Something that pages show has changed. It names the thing where all who are told may know of it; the reader asks for it anew. */
export type Change = {
  /** Resume token of the change stream. */
  readonly id: string;
} & (
  | { readonly kind: 'onboarding'; readonly key: string; readonly owned: Owned }
  | {
      readonly kind: 'consent';
      readonly key: string;
      readonly supplierUscc: string;
      readonly granteeUscc: string;
    }
  | { readonly kind: 'summary'; readonly key: string }
  /** Without its key: that names firms, and every official is told. */
  | { readonly kind: 'finding' }
);

interface RawChange {
  readonly _id: { readonly _data: string };
  readonly ns?: { readonly coll: string };
  readonly documentKey?: { readonly _id: unknown };
  readonly fullDocument?: object | null;
}

/** Reads a change of the database; null for one that nobody is told of. */
export function changeOf(event: RawChange): Change | null {
  const key = String(event.documentKey?._id ?? '');
  const id = event._id._data;
  switch (event.ns?.coll) {
    case 'onboardings':
      return event.fullDocument ? { id, kind: 'onboarding', key, owned: event.fullDocument as Owned } : null;
    case 'consents': {
      const [, supplierUscc = '', granteeUscc = ''] = key.split('/');
      return { id, kind: 'consent', key, supplierUscc, granteeUscc };
    }
    case 'summaries':
      return { id, kind: 'summary', key };
    case 'findings':
    case 'finding_cases':
      return { id, kind: 'finding' };
    default:
      return null;
  }
}

/** Whether somebody is told of a change. */
export function seesChange(tenancy: Reach, change: Change): boolean {
  switch (change.kind) {
    case 'onboarding':
      return seesOnboarding(tenancy, change.owned);
    case 'consent':
      return isOwnFirm(tenancy, change.supplierUscc) || isOwnFirm(tenancy, change.granteeUscc);
    case 'summary':
    case 'finding':
      return tenancy.role === 'operator' || tenancy.role === 'bureau' || tenancy.role === 'financial-auditor';
    default: {
      const unknown: never = change;
      return unknown;
    }
  }
}
