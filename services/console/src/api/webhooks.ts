import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  Webhook,
  WebhookCreated,
  WebhookDeliveryPage,
  WebhookList,
  WebhookRequest,
  WebhookResent,
} from '../../../../schemas/api/webhooks.ts';
import { get, post } from './client.ts';
import { newId } from './newId.ts';

const WEBHOOKS = '/api/v1/webhooks';
const KEY = ['webhooks'] as const;
/** What is sent is not among the changes that are pushed. */
const CHECK_MS = 10_000;
const PAGE_SIZE = 20;

export const useWebhooks = () =>
  useQuery({
    queryKey: KEY,
    queryFn: () => get<z.infer<typeof WebhookList>>(WEBHOOKS),
    refetchInterval: CHECK_MS,
  });

/** What was sent to one address or waits to be sent, newest first. */
export const useDeliveries = (id: string) =>
  useInfiniteQuery({
    queryKey: [...KEY, id],
    queryFn: ({ pageParam }) =>
      get<z.infer<typeof WebhookDeliveryPage>>(`${WEBHOOKS}/${id}/deliveries`, {
        cursor: pageParam,
        limit: PAGE_SIZE,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: CHECK_MS,
  });

function useWebhookAct<Asked, Answer>(act: (asked: Asked) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: act, onSettled: () => queries.invalidateQueries({ queryKey: KEY }) });
}

/** The only answer that holds the secret: it stays with the form that asked. */
export const useSubscribing = () =>
  useWebhookAct((request: WebhookRequest) => post<WebhookCreated>(WEBHOOKS, request, newId()));

export const useResending = (id: string) =>
  useWebhookAct(() => post<z.infer<typeof WebhookResent>>(`${WEBHOOKS}/${id}/resend`, {}, newId()));

export const useUnsubscribing = (id: string) =>
  useWebhookAct(() => post<Webhook>(`${WEBHOOKS}/${id}/withdraw`, {}, newId()));
