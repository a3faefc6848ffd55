import type { ProgrammeLevel } from '../../../schemas/api/levels.ts';
import type { SupplierOnboardings } from '../../../schemas/api/onboarding.ts';
import type { Tenancy } from '../../../schemas/tenancy.ts';
import { programmeOf } from '../../../workflows/onboarding/programme.ts';
import { readLevels } from '../../measurement/index.ts';
import { programmeLevel } from '../domain/programmeLevel.ts';
import type { ReadContext } from './context.ts';

/** Who reads a firm's rating: the firm and who acts for it, and who rates, audits and decides. A leader sees how far its supplier is. */
const READS_LEVELS: readonly Tenancy['role'][] = [
  'operator',
  'supplier',
  'provider',
  'rater',
  'financial-auditor',
  'bureau',
];

/** Of each programme that a firm is in and was rated on site for: the last rating beside what the programme asks for. */
export async function readProgrammeLevels(
  { db, cache, principal }: ReadContext,
  uscc: string,
  onboardings: SupplierOnboardings['onboardings'],
): Promise<ProgrammeLevel[]> {
  if (!READS_LEVELS.includes(principal.tenancy.role) || onboardings.length === 0) return [];
  const { records } = await cache.get(['levels', uscc], () => readLevels(db, uscc));
  const versionOf = new Map(
    onboardings.map(({ programme, programmeVersion }) => [programme, programmeVersion]),
  );
  return [...versionOf].flatMap(([programme, version]) => {
    const rated = records.findLast((one) => one.kind === 'on-site' && one.programme === programme);
    return rated === undefined ? [] : [programmeLevel(rated, programmeOf(version).targetLevel)];
  });
}
