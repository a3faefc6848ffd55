import type { Publication, Publications } from '../../../schemas/api/bureau.ts';
import { Restatements } from '../../../schemas/api/figures.ts';
import { regionPrefixOf, type Tenancy, WHOLE_COUNTRY } from '../../../schemas/tenancy.ts';
import {
  listPublications,
  readRestatements,
  scopeOf,
  showPublication,
  verifyPublications,
} from '../../measurement/index.ts';
import { onboardingsOf } from '../../onboarding/index.ts';
import { seesCity, onboardingsOf as visibleTo } from '../domain/visibility.ts';
import type { ReadContext } from './context.ts';

/** Which figures of groups concern the reader: those of its region, its zone, and chains with firms there. */
export async function concerns({ db, principal }: ReadContext): Promise<(figureId: string) => boolean> {
  const { tenancy } = principal;
  if (seesEverything(tenancy)) return () => true;
  const leaders = new Set(await onboardingsOf(db).distinct('leaderUscc', visibleTo(tenancy) as object));
  const prefix = 'region' in tenancy ? regionPrefixOf(tenancy.region) : null;
  return (figureId) => {
    const [head = '', second = '', third = ''] = figureId.split('/');
    if (head === 'target') return seesCity(tenancy, second);
    const scope = scopeOf(third);
    if (scope === null || prefix === null) return false;
    if (scope.level === 'zone')
      return tenancy.role === 'bureau' && tenancy.zone !== undefined && scope.code === tenancy.zone;
    const isChain = scope.level === 'chain' || scope.level === 'suppliers' || scope.level === 'leader';
    return isChain ? leaders.has(scope.code) : seesCity(tenancy, scope.code);
  };
}

const seesEverything = (tenancy: Tenancy): boolean =>
  tenancy.role === 'operator' ||
  ('region' in tenancy && tenancy.region === WHOLE_COUNTRY && !('zone' in tenancy && tenancy.zone));

/** Every published month; its hash and signature are worked out anew. */
export async function readPublications({ db }: ReadContext): Promise<Publications> {
  const [{ publications }, checked] = await Promise.all([listPublications(db), verifyPublications(db)]);
  return {
    publications: publications.map((head) => {
      const check = checked.publications.find(({ period }) => period === head.period);
      return { ...head, isIntact: check?.ok ?? false, problems: check?.problems ?? [] };
    }),
  };
}

/** @throws ChainlightError NOT_FOUND */
export async function readPublication(context: ReadContext, period: string): Promise<Publication> {
  const [found, isShown] = await Promise.all([showPublication(context.db, period), concerns(context)]);
  return { ...found, values: found.values.filter(({ figureId }) => isShown(figureId)) };
}

export async function readRestated(context: ReadContext, period: string | undefined): Promise<Restatements> {
  const { db, cache } = context;
  const [{ asOf, restatements }, isShown] = await Promise.all([
    cache.get(['restatements', period], async () => Restatements.parse(await readRestatements(db, period))),
    concerns(context),
  ]);
  return { asOf, restatements: restatements.filter(({ figureId }) => isShown(figureId)) };
}
