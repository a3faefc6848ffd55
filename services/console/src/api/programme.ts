import { useQuery } from '@tanstack/react-query';
import type { Funnel } from '../../../../schemas/api/onboarding.ts';
import type { CityPage } from '../../../../schemas/api/overview.ts';
import type { ClaimSection } from '../../../../schemas/api/page.ts';
import { get } from './client.ts';

/** A part of a chain, before and after. */
export interface ChainPart {
  readonly before: number | null;
  readonly after: number | null;
  readonly change: number | null;
  readonly firms: number | null;
  readonly reason: string | null;
  readonly figureId: string;
}
export const CHAIN_PARTS = ['leader', 'suppliers', 'others', 'chain'] as const;
export type ChainGain = { readonly leaderUscc: string; readonly name: string } & Readonly<
  Record<'leader' | 'suppliers' | 'chain', ChainPart>
> & {
    /** Suppliers whose change no frozen baseline measures. */
    readonly others?: ChainPart;
  };

/** The parts of a chain that there are figures of; without any others there is nothing to say of them. */
export const partsOf = (chain: ChainGain) =>
  CHAIN_PARTS.flatMap((name) => {
    const part = chain[name];
    return part === undefined || (name === 'others' && !part.firms) ? [] : [{ name, part }];
  });

/** Whether the leader turned its stock faster and the chain as a whole did not. */
export const isOnlyShifted = ({
  leader,
  chain,
}: {
  readonly leader: number | null;
  readonly chain: number | null;
}): boolean => leader !== null && chain !== null && leader > 0 && chain <= 0;

const ALL_CITIES = 200;

/** Cities of the jurisdiction, furthest behind first. */
export const useCities = () =>
  useQuery({ queryKey: ['cities'], queryFn: () => get<CityPage>('/api/v1/cities', { limit: ALL_CITIES }) });

export const useChains = () =>
  useQuery({
    queryKey: ['chains'],
    queryFn: () => get<{ asOf: string | null; chains: ChainGain[] }>('/api/v1/chains'),
  });

export const useClaims = () =>
  useQuery({ queryKey: ['claims'], queryFn: () => get<ClaimSection>('/api/v1/claims') });

export const useFunnel = (filter: Readonly<Record<string, string | undefined>> = {}) =>
  useQuery({ queryKey: ['funnel', filter], queryFn: () => get<Funnel>('/api/v1/funnel', filter) });
