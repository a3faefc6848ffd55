import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { post } from '../../api/client.ts';
import { newId } from '../../api/newId.ts';

/** Sends one act on a work-paper; the same one again, until it has been answered. */
export function usePaperAct({ drawId, uscc }: { readonly drawId: string; readonly uscc: string }) {
  const queries = useQueryClient();
  const actId = useRef(newId());
  return useMutation({
    mutationFn: (act: object) =>
      post(
        '/api/v1/samples/acts',
        { drawId, supplierUscc: uscc, actId: actId.current, ...act },
        actId.current,
      ),
    onSuccess: async () => {
      actId.current = newId();
      await queries.invalidateQueries({ queryKey: ['samples'] });
    },
  });
}

/** What a form holds; an empty comment is none. */
export function fieldsOf(form: HTMLFormElement): Record<string, string | null> {
  const fields = Object.fromEntries(new FormData(form)) as Record<string, string>;
  return { ...fields, ...('comment' in fields ? { comment: fields.comment?.trim() || null } : {}) };
}
