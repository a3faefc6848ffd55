import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ChainKpi, IntakeHealth, Network, ReceiptList } from '../../../../schemas/api/overview.ts';
import type { LeaderList } from '../../../../schemas/api/registry.ts';
import { get } from './client.ts';

const TIERS = 2;
const INTAKE_CHECK_MS = 10_000;

/** A chain's firms by tier, and who buys from whom. */
export const useNetwork = (leader: string) =>
  useQuery({
    queryKey: ['network', leader],
    queryFn: () => get<Network>('/api/v1/network', { leader, tiers: TIERS }),
  });

/** Registered leaders with the sources that they may speak through. */
export const useLeaders = () =>
  useQuery({ queryKey: ['leaders'], queryFn: () => get<LeaderList>('/api/v1/leaders') });

/** One KPI of a chain by month, and its suppliers' changes. */
export const useChainKpi = (leader: string, kpi: string) =>
  useQuery({
    queryKey: ['chain-kpi', leader, kpi],
    queryFn: () => get<ChainKpi>('/api/v1/chain-kpis', { leader, kpi }),
    placeholderData: keepPreviousData,
  });

/** How a leader's topic stands. */
export const useIntake = (leader: string | undefined) =>
  useQuery({
    queryKey: ['intake', leader],
    queryFn: () => get<IntakeHealth>('/api/v1/intake', { leader }),
    enabled: leader !== undefined,
    // Plain data events are not among the changes that are pushed.
    refetchInterval: INTAKE_CHECK_MS,
  });

/** What became of the leader's latest batches. */
export const useReceipts = (leader: string) =>
  useQuery({
    queryKey: ['receipts', leader],
    queryFn: () => get<ReceiptList>('/api/v1/receipts', { leader }),
  });
