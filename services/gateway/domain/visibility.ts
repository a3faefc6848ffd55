import type { Filter } from 'mongodb';
import type { Jurisdiction } from '../../../schemas/events/audit.ts';
import { regionPrefixOf, WHOLE_COUNTRY } from '../../../schemas/tenancy.ts';
import type { Reach } from './principal.ts';

/** Sorts after every character of a code, so that a prefix is a range of the index. */
const AFTER = '~';

/** The fields by which onboardings belong to somebody. */
export interface Owned {
  readonly supplierUscc: string;
  readonly leaderUscc: string | null;
  readonly providerUscc: string | null;
  readonly platform: string;
  readonly cityCode: string | null;
  readonly districtCode: string | null;
  readonly zone: string | null;
}

/** No document passes. */
const NOTHING = { supplierUscc: { $in: [] as string[] } };

/** The onboardings that somebody may see. Every reading of onboardings and of firms' data goes through this filter. */
export function onboardingsOf(tenancy: Reach): Filter<Owned> {
  switch (tenancy.role) {
    case 'operator':
    case 'replayer':
      return {};
    case 'leader':
      return { leaderUscc: { $in: tenancy.firms } };
    case 'supplier':
      return { supplierUscc: { $in: tenancy.firms } };
    case 'provider':
      return {
        $or: [
          { providerUscc: { $in: tenancy.firms } },
          { supplierUscc: { $in: [...(tenancy.delegatedBy ?? [])] } },
        ],
      };
    case 'rater':
    case 'financial-auditor':
      return inRegion(tenancy.region);
    case 'bureau':
      return {
        ...inRegion(tenancy.region),
        ...(tenancy.zone === undefined ? {} : { zone: { $eq: tenancy.zone } }),
      };
    case 'platform':
      return { platform: { $eq: tenancy.platform } };
    default: {
      const unknown: never = tenancy;
      return unknown ?? NOTHING;
    }
  }
}

function inRegion(region: string): Filter<Owned> {
  const prefix = regionPrefixOf(region);
  if (prefix === '') return {};
  if (prefix.length === 6) return { districtCode: { $eq: region } };
  return { cityCode: { $gte: prefix, $lt: `${prefix}${AFTER}` } };
}

/** Whether a city's figures belong to somebody's jurisdiction; a district or zone has no city of its own. */
export function seesCity(tenancy: Reach, code: string): boolean {
  switch (tenancy.role) {
    case 'operator':
      return true;
    case 'financial-auditor':
      return code.startsWith(regionPrefixOf(tenancy.region));
    case 'bureau':
      return tenancy.zone === undefined && code.startsWith(regionPrefixOf(tenancy.region));
    case 'leader':
    case 'supplier':
    case 'provider':
    case 'rater':
    case 'platform':
    case 'replayer':
      return false;
    default: {
      const unknown: never = tenancy;
      return unknown;
    }
  }
}

/** Whose files somebody draws a sample from; undefined for the whole country. */
export function jurisdictionOf(tenancy: Reach): Jurisdiction | undefined {
  if (tenancy.role !== 'bureau' && tenancy.role !== 'financial-auditor') return undefined;
  const zone = tenancy.role === 'bureau' ? tenancy.zone : undefined;
  if (tenancy.region === WHOLE_COUNTRY && zone === undefined) return undefined;
  return { region: tenancy.region, ...(zone === undefined ? {} : { zone }) };
}

/** Whether a sample drawn from one jurisdiction holds nothing from outside the reader's. */
export function seesSampleOf(tenancy: Reach, drawnFrom: Jurisdiction | undefined): boolean {
  switch (tenancy.role) {
    case 'operator':
      return true;
    case 'financial-auditor':
    case 'bureau': {
      const own = jurisdictionOf(tenancy);
      if (own === undefined) return true;
      if (drawnFrom === undefined) return false;
      const isZone = own.zone === undefined || own.zone === drawnFrom.zone;
      return isZone && regionPrefixOf(drawnFrom.region).startsWith(regionPrefixOf(own.region));
    }
    case 'leader':
    case 'supplier':
    case 'provider':
    case 'rater':
    case 'platform':
    case 'replayer':
      return false;
    default: {
      const unknown: never = tenancy;
      return unknown;
    }
  }
}

/** Whether a firm is one of those that a sign-in speaks for. */
export const isOwnFirm = (tenancy: Reach, uscc: string): boolean =>
  'firms' in tenancy && tenancy.firms.includes(uscc);

/** The beginnings of the event sources that somebody may look into; null for all. */
export function sourcePrefixesOf(tenancy: Reach): readonly string[] | null {
  switch (tenancy.role) {
    case 'operator':
      return null;
    case 'leader':
      return tenancy.firms.map((uscc) => `/chain/${uscc}/`);
    case 'supplier':
      return tenancy.firms.map((uscc) => `/supplier/${uscc}/`);
    case 'provider':
      return tenancy.firms.map((uscc) => `/provider/${uscc}`);
    case 'platform':
      return [`/platform/${tenancy.platform}/`];
    case 'rater':
      return [`/rater/${tenancy.rater}`];
    case 'bureau':
      return [`/bureau/${tenancy.region}/`];
    case 'financial-auditor':
    case 'replayer':
      return [];
    default: {
      const unknown: never = tenancy;
      return unknown;
    }
  }
}

/** The same as `onboardingsOf` for one document in hand. */
export function seesOnboarding(tenancy: Reach, owned: Owned): boolean {
  switch (tenancy.role) {
    case 'operator':
    case 'replayer':
      return true;
    case 'leader':
      return owned.leaderUscc !== null && tenancy.firms.includes(owned.leaderUscc);
    case 'supplier':
      return tenancy.firms.includes(owned.supplierUscc);
    case 'provider':
      return (
        (owned.providerUscc !== null && tenancy.firms.includes(owned.providerUscc)) ||
        tenancy.delegatedBy?.includes(owned.supplierUscc) === true
      );
    case 'rater':
    case 'financial-auditor':
      return isInRegion(tenancy.region, owned);
    case 'bureau':
      return isInRegion(tenancy.region, owned) && (tenancy.zone === undefined || owned.zone === tenancy.zone);
    case 'platform':
      return owned.platform === tenancy.platform;
    default: {
      const unknown: never = tenancy;
      return unknown;
    }
  }
}

function isInRegion(region: string, { cityCode, districtCode }: Owned): boolean {
  const prefix = regionPrefixOf(region);
  if (prefix === '') return true;
  return prefix.length === 6 ? districtCode === region : (cityCode?.startsWith(prefix) ?? false);
}
