import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Board, OnboardingFilter, OnboardingPage } from '../../../../schemas/api/board.ts';
import type { EvidenceList } from '../../../../schemas/api/evidence.ts';
import type {
  Comparison,
  DataConnection,
  SupplierDetail,
  SupplierFigures,
} from '../../../../schemas/api/supplier.ts';
import { get } from './client.ts';

export type Filter = Partial<
  Record<keyof OnboardingFilter | 'sort' | 'order' | 'cursor' | 'limit' | 'rows', string | undefined>
>;

const PAGE_SIZE = 50;
const CONNECTION_CHECK_MS = 5_000;

/** One page of onboardings; the page before stays until the next one is there. */
export const useOnboardings = (filter: Filter) =>
  useQuery({
    queryKey: ['onboardings', filter],
    queryFn: () => get<OnboardingPage>('/api/v1/onboardings', { limit: PAGE_SIZE, ...filter }),
    placeholderData: keepPreviousData,
  });

/** All onboardings that a filter names, page after page. */
export async function readAllOnboardings(filter: Filter): Promise<OnboardingPage['items']> {
  const all: OnboardingPage['items'] = [];
  let cursor: string | undefined;
  do {
    const page = await get<OnboardingPage>('/api/v1/onboardings', { ...filter, limit: '200', cursor });
    all.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}

export const useBoard = (filter: Filter) =>
  useQuery({ queryKey: ['board', filter], queryFn: () => get<Board>('/api/v1/board', filter) });

export const useSupplier = (uscc: string) =>
  useQuery({ queryKey: ['supplier', uscc], queryFn: () => get<SupplierDetail>(`/api/v1/suppliers/${uscc}`) });

export const useFigures = (uscc: string) =>
  useQuery({
    queryKey: ['supplier-figures', uscc],
    queryFn: () => get<SupplierFigures>(`/api/v1/suppliers/${uscc}/figures`),
  });

export const useComparison = (uscc: string) =>
  useQuery({
    queryKey: ['comparison', uscc],
    queryFn: () => get<Comparison>(`/api/v1/suppliers/${uscc}/comparison`),
  });

export const useConnection = (uscc: string) =>
  useQuery({
    queryKey: ['connection', uscc],
    queryFn: () => get<DataConnection>(`/api/v1/suppliers/${uscc}/data-connection`),
    // Plain data events are not among the changes that are pushed: there are too many of them.
    refetchInterval: CONNECTION_CHECK_MS,
  });

export const useEvidence = (uscc: string) =>
  useQuery({
    queryKey: ['evidence', uscc],
    queryFn: () => get<EvidenceList>(`/api/v1/suppliers/${uscc}/evidence`),
  });
