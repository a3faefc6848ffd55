import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { ConsentList } from '../../../../schemas/api/consent.ts';
import { get, post } from '../api/client.ts';
import { newId } from '../api/newId.ts';
import { useFormat } from '../ui/format.ts';
import { Failed, Loaded } from '../ui/States.tsx';

/** Who may act on the firm's behalf, until when; given and ended here. */
export function DelegationCard({ uscc }: { readonly uscc: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [provider, setProvider] = useState('');
  const [until, setUntil] = useState('');
  const delegations = useQuery({
    queryKey: ['consents', uscc],
    queryFn: () => get<z.infer<typeof ConsentList>>('/api/v1/consents', { supplier: uscc }),
  });
  const change = useMutation({
    mutationFn: ({ path, ...body }: { path: string; provider: string; validUntil?: string }) =>
      post(path, { supplier: uscc, ...body }, newId()),
    onSuccess: async () => {
      setProvider('');
      setUntil('');
      await queries.invalidateQueries({ queryKey: ['consents', uscc] });
    },
  });
  return (
    <section className="card stack">
      <h2>{t('delegate.title')}</h2>
      <p className="quiet">{t('delegate.text')}</p>
      <Loaded query={delegations}>
        {({ items }) => {
          const given = items.filter(({ kind }) => kind === 'delegation');
          return (
            <ul className="rows">
              {given.length === 0 && <li className="quiet">{t('delegate.none')}</li>}
              {given.map(({ granteeUscc, validUntil }) => (
                <li key={granteeUscc} className="split">
                  <span>
                    <code>{granteeUscc}</code>{' '}
                    <span className="quiet">
                      {validUntil === null
                        ? t('delegate.open')
                        : t('delegate.validUntil', { day: format.day(`${validUntil}T00:00:00+08:00`) })}
                    </span>
                  </span>
                  <button
                    type="button"
                    className="button"
                    disabled={change.isPending}
                    onClick={() =>
                      change.mutate({ path: '/api/v1/delegations/withdrawals', provider: granteeUscc })
                    }
                  >
                    {t('delegate.end')}
                  </button>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          const end = until === '' ? {} : { validUntil: until };
          change.mutate({ path: '/api/v1/delegations', provider, ...end });
        }}
      >
        <div className="pair">
          <label className="field">
            <span>{t('delegate.provider')}</span>
            <input
              required
              minLength={18}
              maxLength={18}
              value={provider}
              onChange={(event) => setProvider(event.target.value.trim().toUpperCase())}
            />
          </label>
          <label className="field">
            <span>{t('delegate.until')}</span>
            <input type="date" value={until} onChange={(event) => setUntil(event.target.value)} />
          </label>
        </div>
        {change.isError && <Failed error={change.error} />}
        <button type="submit" className="button" disabled={change.isPending}>
          {t('delegate.give')}
        </button>
      </form>
    </section>
  );
}
