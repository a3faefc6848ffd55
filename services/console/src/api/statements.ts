import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { IntakeAnswer } from '../../../../schemas/api/intake.ts';
import type { ActTarget } from './acts.ts';
import { postEvents } from './client.ts';
import { newId } from './newId.ts';
import { supplierEvent } from './supplierEvent.ts';

/** What somebody states of an onboarding as its party. */
export interface Statement {
  readonly type: string;
  readonly source: string;
  readonly target: ActTarget;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The statement as an event of who states it. */
export function eventOf(
  { type, source, target: { supplierUscc, platform, programme }, data }: Statement,
  { id, at }: { readonly id: string; readonly at: Date },
): object {
  const about = { supplierUscc, platform, programme, ...data };
  return supplierEvent(supplierUscc, { type, source, id, data: about }, at);
}

/**
 * States something; ingest judges it like an event of the party's own system. Sent again unchanged after a failure it is the
 * same event to the last character, a duplicate; changed in between it is another event, not a conflict under one id.
 */
export function useStatement() {
  const queries = useQueryClient();
  const unanswered = useRef<{ readonly said: string; readonly event: object } | null>(null);
  return useMutation({
    mutationFn: (statement: Statement) => {
      const said = JSON.stringify(statement);
      if (unanswered.current?.said !== said)
        unanswered.current = { said, event: eventOf(statement, { id: newId(), at: new Date() }) };
      return postEvents<IntakeAnswer>([unanswered.current.event]);
    },
    onSuccess: async () => {
      unanswered.current = null;
      await queries.invalidateQueries();
    },
  });
}
