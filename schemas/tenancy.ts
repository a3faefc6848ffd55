import { z } from 'zod';
import { PartyId, RegionCode, Uscc } from './ids.ts';
import type { Source } from './sources.ts';

/** What somebody who signs in may be. `replayer` is a system that brings in history with its own actors and times. */
export const ROLES = [
  'operator',
  'leader',
  'supplier',
  'provider',
  'rater',
  'financial-auditor',
  'bureau',
  'platform',
  'replayer',
] as const;
export type Role = (typeof ROLES)[number];

/** Region of the ministry: the whole country. */
export const WHOLE_COUNTRY = '000000';
const firms = z.array(Uscc).min(1).max(500).meta({ description: 'Firms that this sign-in speaks for' });
const suppliedFirms = z.array(Uscc).max(500).meta({
  description: 'Firms that this sign-in speaks for; none yet for somebody who comes by an invitation',
});
const Jurisdiction = z
  .union([RegionCode, z.literal(WHOLE_COUNTRY)])
  .meta({ description: 'Province xx0000, city xxxx00, district, or 000000 for the whole country' });

/**
 * The claim `chainlight` of a token: the role, and whose data it reaches. An issuer of one's own must put exactly this object
 * into ID tokens and access tokens.
 */
export const Tenancy = z.discriminatedUnion('role', [
  z.object({ role: z.literal('operator') }),
  z.object({ role: z.literal('leader'), firms }),
  z.object({ role: z.literal('supplier'), firms: suppliedFirms }),
  z.object({ role: z.literal('provider'), firms }),
  z.object({ role: z.literal('rater'), rater: PartyId, region: Jurisdiction }),
  z.object({ role: z.literal('financial-auditor'), region: Jurisdiction }),
  z.object({
    role: z.literal('bureau'),
    region: Jurisdiction,
    zone: z.string().min(1).max(80).optional().meta({ description: 'Narrows it to a development zone' }),
  }),
  z.object({ role: z.literal('platform'), platform: PartyId }),
  z.object({ role: z.literal('replayer') }),
]);
export type Tenancy = z.infer<typeof Tenancy>;

/** Name of the claim that holds the tenancy. */
export const TENANCY_CLAIM = 'chainlight';
/** Audience of the access tokens that the gateway takes. */
export const API_AUDIENCE = 'urn:chainlight:api';

export type JurisdictionLevel = 'ministry' | 'province' | 'city' | 'district' | 'zone';

/** The level of a bureau: a zone where one is named, or else by the trailing zeros of the region's code. */
export function levelOf({ region, zone }: { region: string; zone?: string | undefined }): JurisdictionLevel {
  if (zone !== undefined) return 'zone';
  if (region === WHOLE_COUNTRY) return 'ministry';
  if (region.endsWith('0000')) return 'province';
  return region.endsWith('00') ? 'city' : 'district';
}

/** The leading digits that all region codes of a jurisdiction share: none, 2, 4 or 6. */
export function regionPrefixOf(region: string): string {
  if (region === WHOLE_COUNTRY) return '';
  if (region.endsWith('0000')) return region.slice(0, 2);
  return region.endsWith('00') ? region.slice(0, 4) : region;
}

/** Whether somebody may hand in events of this source: each speaks for itself alone. */
export function speaksFor(tenancy: Tenancy, source: Source): boolean {
  switch (source.class) {
    case 'chain':
      return tenancy.role === 'leader' && tenancy.firms.includes(source.uscc);
    case 'supplier':
      return tenancy.role === 'supplier' && tenancy.firms.includes(source.uscc);
    case 'provider':
      return tenancy.role === 'provider' && tenancy.firms.includes(source.uscc);
    case 'rater':
      return tenancy.role === 'rater' && tenancy.rater === source.rater;
    case 'bureau':
      return tenancy.role === 'bureau' && tenancy.zone === undefined && tenancy.region === source.region;
    case 'platform':
      return tenancy.role === 'platform' && tenancy.platform === source.platform;
    case 'system':
      return false;
    default: {
      const unknown: never = source;
      return unknown;
    }
  }
}
