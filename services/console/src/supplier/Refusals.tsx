import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeadLetterDetail } from '../../../../schemas/api/deadLetters.ts';
import type { IntakeAnswer } from '../../../../schemas/api/intake.ts';
import type { DataConnection } from '../../../../schemas/api/supplier.ts';
import { get, postEvents } from '../api/client.ts';
import { useSession } from '../app/session.ts';
import { IntakeOutcome } from '../intake/IntakeOutcome.tsx';
import { RefusalReason } from '../intake/RefusalReason.tsx';
import { useFormat } from '../ui/format.ts';
import { Pill } from '../ui/Pill.tsx';
import { Loaded } from '../ui/States.tsx';
import { eventInWords } from '../ui/words.ts';
import { eventOf } from './refusedEvent.ts';

type Refusal = DataConnection['refused']['items'][number];

/** One refused record: why, how to mend it, and a place to do so. */
export function RefusedRecord({ refusal }: { readonly refusal: Refusal }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const isOwn = refusal.source?.startsWith('/supplier/') ?? false;
  // What a firm says of itself it mends itself: a provider has words of its own.
  const mayMend = useSession().data?.tenancy.role === 'supplier';
  return (
    <li>
      <div className="split">
        <strong>{refusal.type === null ? '—' : eventInWords(t, refusal.type)}</strong>
        {refusal.mended ? (
          <Pill tone="good">{t('connection.mended')}</Pill>
        ) : (
          <span className="quiet">{format.minute(refusal.receivedAt)}</span>
        )}
      </div>
      <RefusalReason
        code={refusal.reason}
        explanation={refusal.explanation}
        explanationZh={refusal.explanationZh}
        remedy={refusal.mended ? null : refusal.remedy}
      />
      {!refusal.mended && (
        <>
          {isOwn && mayMend ? (
            <button type="button" className="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {t('connection.mend')}
            </button>
          ) : (
            <p className="quiet">{t(isOwn ? 'connection.byFirm' : 'connection.byPlatform')}</p>
          )}
          {isOpen && <Mend id={refusal.id} />}
        </>
      )}
    </li>
  );
}

function Mend({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const letter = useQuery({
    queryKey: ['dead-letter', id],
    queryFn: () => get<DeadLetterDetail>('/api/v1/dead-letter', { id }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Loaded query={letter}>
      {(shown) => {
        const text = eventOf(shown);
        return text === null ? <p className="quiet">{t('connection.raw')}</p> : <MendForm original={text} />;
      }}
    </Loaded>
  );
}

function MendForm({ original }: { readonly original: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [text, setText] = useState(original);
  const [isBroken, setBroken] = useState(false);
  const send = useMutation({
    mutationFn: (event: object) => postEvents<IntakeAnswer>([event]),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['connection'] }),
  });
  return (
    <form
      className="stack mend"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        try {
          const event = JSON.parse(text) as object;
          setBroken(false);
          send.mutate(event);
        } catch {
          setBroken(true);
        }
      }}
    >
      <label className="field">
        <span>{t('connection.original')}</span>
        <textarea
          rows={10}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      {isBroken && (
        <p className="field-error" role="alert">
          {t('connection.notJson')}
        </p>
      )}
      <IntakeOutcome send={send} taken={t('connection.resent')} />
      <button type="submit" className="button button-main" disabled={send.isPending}>
        {t('connection.send')}
      </button>
    </form>
  );
}
