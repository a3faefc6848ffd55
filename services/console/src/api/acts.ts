import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { post } from './client.ts';
import { newId } from './newId.ts';

/** Where an act goes: the onboarding that it concerns. */
export interface ActTarget {
  readonly supplierUscc: string;
  readonly platform: string;
  readonly programme: string;
}

/** An act on an onboarding. Sent again after a failure under the same id, so it has one effect however often it is sent. */
export function useAct(target: ActTarget) {
  const queries = useQueryClient();
  const actId = useRef(newId());
  return useMutation({
    mutationFn: (act: { readonly act: string } & Readonly<Record<string, unknown>>) =>
      post('/api/v1/onboardings/acts', { ...target, ...act, actId: actId.current }, actId.current),
    onSuccess: async () => {
      actId.current = newId();
      await queries.invalidateQueries();
    },
  });
}
