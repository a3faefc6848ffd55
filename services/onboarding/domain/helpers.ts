import type { OfferedRemedy } from '../../../schemas/remedy.ts';

export type Candidate = OfferedRemedy['candidates'][number];

/** A provider's part in one firm's onboarding, as far as it tells whom else it may help. */
export interface PastHelp {
  readonly supplierUscc: string;
  readonly supplierName: string | null;
  readonly industryCode: string | null;
  readonly baselineLevel: number | null;
  readonly providerUscc: string | null;
  readonly solution: string | null;
  readonly isLive: boolean;
}

/** Who is known to be able to help. */
export interface Helpers {
  readonly past: readonly PastHelp[];
  /** Firms with a site that was designated a Lighthouse Factory. */
  readonly lighthouses: ReadonlySet<string>;
}

/** Whom help is looked for. */
export interface Helped {
  readonly industryCode: string | null;
  readonly baselineLevel: number | null;
  /** Providers it has, or had. */
  readonly providers: readonly string[];
  readonly supplierUscc: string;
}

const MOST_NAMED = 3;

/** The first two digits of a class of GB/T 4754. */
const divisionOf = (code: string | null): string | null => code?.slice(0, 2) || null;

/**
 * Providers that brought firms of the same industry live and that the firm has not had; those first that did so from no higher a level,
 * then those that did so more often.
 */
export function otherProviders(helped: Helped, { past }: Helpers): Candidate[] {
  const division = divisionOf(helped.industryCode);
  if (division === null) return [];
  const byProvider = new Map<string, PastHelp[]>();
  for (const help of past) {
    const { providerUscc } = help;
    const isForUs = divisionOf(help.industryCode) === division && help.supplierUscc !== helped.supplierUscc;
    if (providerUscc === null || !isForUs || helped.providers.includes(providerUscc)) continue;
    byProvider.set(providerUscc, [...(byProvider.get(providerUscc) ?? []), help]);
  }
  const ranked = [...byProvider].map(([uscc, own]) => {
    const live = own.filter(({ isLive }) => isLive);
    const fromAsLow = live.filter(({ baselineLevel }) => (baselineLevel ?? 0) <= (helped.baselineLevel ?? 0));
    const solutions = [...new Set(live.flatMap(({ solution }) => solution ?? []))].sort();
    return { uscc, engaged: own.length, live: live.length, fromAsLow: fromAsLow.length, solutions };
  });
  return ranked
    .filter(({ live }) => live > 0)
    .sort((a, b) => b.fromAsLow - a.fromAsLow || b.live - a.live || (a.uscc < b.uscc ? -1 : 1))
    .slice(0, MOST_NAMED)
    .map(({ fromAsLow: _rank, ...provider }) => ({ ...provider, name: null, industry: division }));
}

/** Lighthouse firms of the same industry, as far as their industry is known from an onboarding. */
export function lighthousesToVisit(helped: Helped, { past, lighthouses }: Helpers): Candidate[] {
  const division = divisionOf(helped.industryCode);
  if (division === null) return [];
  const firms = new Map(past.map((help) => [help.supplierUscc, help]));
  return [...lighthouses]
    .sort()
    .flatMap((uscc): Candidate[] => {
      const firm = firms.get(uscc);
      if (firm === undefined || uscc === helped.supplierUscc) return [];
      if (divisionOf(firm.industryCode) !== division) return [];
      const solutions = firm.solution === null ? [] : [firm.solution];
      return [{ uscc, name: firm.supplierName, industry: division, engaged: null, live: null, solutions }];
    })
    .slice(0, MOST_NAMED);
}
