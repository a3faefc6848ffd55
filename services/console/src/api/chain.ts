import { useQuery } from '@tanstack/react-query';
import type { Network } from '../../../../schemas/api/overview.ts';
import type { LeaderList } from '../../../../schemas/api/registry.ts';
import { get } from './client.ts';

const TIERS = 2;

/** A chain's firms by tier, and who buys from whom. */
export const useNetwork = (leader: string) =>
  useQuery({
    queryKey: ['network', leader],
    queryFn: () => get<Network>('/api/v1/network', { leader, tiers: TIERS }),
  });

/** Registered leaders with the sources that they may speak through. */
export const useLeaders = () =>
  useQuery({ queryKey: ['leaders'], queryFn: () => get<LeaderList>('/api/v1/leaders') });
