import type { Displacement } from '../../../schemas/api/claims.ts';
import type { OutcomeDisplacement } from '../../../schemas/events/acts.ts';
import type { Tenancy } from '../../../schemas/tenancy.ts';
import { displacementIn } from '../../measurement/index.ts';
import { onboardingsOf } from '../../onboarding/index.ts';
import type { Db } from '../../runtime/mongo.ts';
import { readSummary } from '../adapters/readModels.ts';
import { discloseBesideOutcome, discloseChain } from '../domain/disclosure.ts';
import { isOwnFirm, onboardingsOf as visibleTo } from '../domain/visibility.ts';
import type { ReadContext } from './context.ts';

/** Readers whom the gains of chains are shown to. */
const READS_CHAINS: readonly Tenancy['role'][] = ['operator', 'leader', 'bureau', 'financial-auditor'];

type ChainOfSummary = Parameters<typeof displacementIn>[0];

/** Gains of chains: a leader's own, without the sums that rest on too few of its suppliers; a bureau's those that reach into its region. */
export async function readChains({ db, principal }: ReadContext) {
  const summary = await readSummary(db, 'chains');
  const { asOf, chains = [] } = (summary ?? {}) as { asOf?: Date; chains?: ChainOfSummary[] };
  const { tenancy } = principal;
  const shown =
    tenancy.role === 'leader'
      ? chains.filter(({ leaderUscc }) => isOwnFirm(tenancy, leaderUscc)).map(discloseChain)
      : await inJurisdiction(db, tenancy, chains);
  return { asOf: asOf?.toISOString() ?? null, chains: shown };
}

/** Of some chains those that reach into the reader’s jurisdiction. */
export async function inJurisdiction<Chain extends { readonly leaderUscc: string }>(
  db: Db,
  tenancy: Tenancy,
  chains: readonly Chain[],
): Promise<readonly Chain[]> {
  const visible = visibleTo(tenancy);
  if (Object.keys(visible).length === 0) return chains;
  const reaching = new Set(await onboardingsOf(db).distinct('leaderUscc', visible as object));
  return chains.filter(({ leaderUscc }) => reaching.has(leaderUscc));
}

/**
 * How stock turned meanwhile at these leaders and their suppliers, to stand beside a gain: as the reader may see it of chains. A supplier,
 * or whoever acts for one, is not told what became of its customer's stock.
 */
export async function shownDisplacement(
  context: ReadContext,
  leaders: readonly string[],
): Promise<Displacement[]> {
  const { role } = context.principal.tenancy;
  if (leaders.length === 0 || !READS_CHAINS.includes(role)) return [];
  const { chains } = await readChains(context);
  return chains.filter(({ leaderUscc }) => leaders.includes(leaderUscc)).map(displacementIn);
}

/** The same of what stood beside an outcome when its window closed. */
export async function besideOutcome(
  { db, principal: { tenancy } }: ReadContext,
  rows: readonly OutcomeDisplacement[],
): Promise<OutcomeDisplacement[]> {
  if (!READS_CHAINS.includes(tenancy.role)) return [];
  if (tenancy.role === 'leader')
    return rows.filter(({ leaderUscc }) => isOwnFirm(tenancy, leaderUscc)).map(discloseBesideOutcome);
  return [...(await inJurisdiction(db, tenancy, rows))];
}
