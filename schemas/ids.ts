import { z } from 'zod';

const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const USCC_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const USCC_SHAPE = /^[0-9ABCDEFGHJKLMNPQRTUWXY]{18}$/;
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];
/** Value of each character, by its code. */
const USCC_VALUES = Uint8Array.from({ length: 128 }, (_, code) =>
  Math.max(0, USCC_ALPHABET.indexOf(String.fromCharCode(code))),
);
const ORGANISATION_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * The 18th character of a unified social credit code (GB 32100-2015): alphabet[(31 − Σ weight·value mod 31) mod 31].
 * @param first17 the first 17 characters, of the code's alphabet
 */
export function usccCheckCharacter(first17: string): string {
  let sum = 0;
  for (let index = 0; index < USCC_WEIGHTS.length; index++) {
    sum += (USCC_WEIGHTS[index] ?? 0) * (USCC_VALUES[first17.charCodeAt(index)] ?? 0);
  }
  return USCC_ALPHABET.charAt((31 - (sum % 31)) % 31);
}

/** The check character of an organisation code (GB 11714), characters 9 to 17 of a USCC: r = 11 − Σ mod 11, 10 → X, 11 → 0. */
export function organisationCheckCharacter(first8: string): string {
  const sum = ORGANISATION_WEIGHTS.reduce(
    (total, weight, index) => total + weight * ORGANISATION_ALPHABET.indexOf(first8.charAt(index)),
    0,
  );
  const rest = 11 - (sum % 11);
  return rest === 10 ? 'X' : rest === 11 ? '0' : String(rest);
}

export type UsccVerdict = 'valid' | 'bad-shape' | 'bad-check-digit';

/** Judges a unified social credit code: shape first, then its last character. The organisation code's own digit is not required (old registrations deviate). */
export function judgeUscc(code: string): UsccVerdict {
  if (!USCC_SHAPE.test(code)) return 'bad-shape';
  return usccCheckCharacter(code) === code.charAt(17) ? 'valid' : 'bad-check-digit';
}

/** Whether a text has the form of a unified social credit code, whatever its check digit. */
export const isUscc = (text: string): boolean => USCC_SHAPE.test(text);

/**
 * Unified social credit code, by its form alone. The check digit is judged where something new is said, since the registry of firms
 * holds codes whose digit is wrong: see `wrongCheckDigits`.
 */
export const Uscc = z
  .string()
  .refine(isUscc, 'must be 18 characters of 0-9 A-Y without I, O, S, V, Z')
  .meta({ description: 'Unified social credit code, GB 32100-2015', pattern: USCC_SHAPE.source });

/** A code of the right form whose check digit is wrong: the only kind of which the registry of firms has to be asked. */
export const DeviatingUscc = z
  .string()
  .refine(isUscc, 'must be 18 characters of 0-9 A-Y without I, O, S, V, Z')
  .refine((code) => judgeUscc(code) !== 'valid', 'has a right check digit and needs no override')
  .meta({ description: 'Unified social credit code whose check digit is wrong', pattern: USCC_SHAPE.source });

/** GB/T 2260 division code of a province (2 digits), city (4) or county (6); stored with six digits. */
export const RegionCode = z
  .string()
  .regex(/^[1-8]\d{5}$/, 'must be a six-digit GB/T 2260 code')
  .meta({ description: 'GB/T 2260 region code, six digits' });

/** Development zones have no GB/T 2260 code of their own. */
export const Zone = z.string().min(1).max(80).meta({ description: 'Development zone, by name' });

/** GB/T 4754-2017 industry class, four digits (3670 auto parts, 3974 displays, 3985 electronic special materials). */
export const IndustryCode = z
  .string()
  .regex(/^\d{4}$/, 'must be a four-digit GB/T 4754 class')
  .meta({ description: 'GB/T 4754 industry class' });

/** A month in Asia/Shanghai. */
export const Period = z
  .string()
  .regex(/^(19|20)\d{2}-(0[1-9]|1[0-2])$/, 'must be a month as YYYY-MM')
  .meta({ description: 'Month in Asia/Shanghai, YYYY-MM' });

/** A calendar day in Asia/Shanghai. */
export const BusinessDate = z.iso.date().meta({ description: 'Calendar day in Asia/Shanghai, YYYY-MM-DD' });

/** An instant with its offset; compared and stored in UTC. */
export const Instant = z.iso
  .datetime({ offset: true })
  .meta({ description: 'Instant, RFC 3339 with offset' });

export const Currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code')
  .default('CNY');

const whole = z.number().int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);

/** Money in whole fen (1/100 yuan). May be negative: credits, reversals. */
export const AmountFen = whole.meta({ description: 'Money in whole fen' });
/** Money in whole fen that cannot be negative. */
export const CostFen = whole.min(0).meta({ description: 'Money in whole fen, not negative' });
/** Pieces, a whole number, not negative. */
export const Units = whole.min(0).meta({ description: 'Whole units' });
export const Seconds = whole.min(0).meta({ description: 'Whole seconds' });
export const Milliseconds = whole.min(0).meta({ description: 'Whole milliseconds' });
export const WattHours = whole.min(0).meta({ description: 'Whole watt-hours' });
export const Persons = whole.min(0).meta({ description: 'Persons' });

/** Value of a stock at the end of a month in whole fen. A negative one is a custom issue with `params.code` NEGATIVE_STOCK. */
export const StockFen = whole
  .superRefine((value, context) => {
    if (value < 0)
      context.addIssue({
        code: 'custom',
        message: `stock is ${value} fen`,
        params: { code: 'NEGATIVE_STOCK' },
      });
  })
  .meta({ description: 'Stock value in whole fen, not negative', minimum: 0 });

export const DocumentNumber = z
  .string()
  .min(1)
  .max(80)
  .meta({ description: 'Number of the document in the system of origin' });
export const PersonName = z.string().min(1).max(120);
export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits')
  .meta({ description: 'SHA-256, hex' });

/** Identifier of a platform or a rater, as it stands in sources and topic names. */
export const PartyId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens');
/** Code of an onboarding programme, for example `sme-510100-2023`. */
export const ProgrammeCode = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens');
