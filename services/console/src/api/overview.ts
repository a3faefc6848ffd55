import { useQuery } from '@tanstack/react-query';
import type { PageModel } from '../../../../schemas/api/page.ts';
import { get } from './client.ts';

/** What the reader's jurisdiction amounts to: targets, funnel, chains, claims, streams. */
export const useOverview = () =>
  useQuery({ queryKey: ['overview'], queryFn: () => get<PageModel>('/api/v1/overview') });
