import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { IntakeAnswer } from '../../../../schemas/api/intake.ts';
import { postEvents } from '../api/client.ts';
import { Failed } from '../ui/States.tsx';
import { nominationEvent, readNominations } from './nominations.ts';

/** Nominates many suppliers at once; a wrong row is named by its number, and the right ones are not held up by it. */
export default function NominatePage({ leader }: { readonly leader: string }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [programme, setProgramme] = useState('');
  const [platform, setPlatform] = useState('');
  const rows = useMemo(() => readNominations(text), [text]);
  const good = rows.filter((row) => row.ok);
  const bad = rows.filter((row) => !row.ok);
  const send = useMutation({
    mutationFn: () => {
      const at = new Date();
      return postEvents<IntakeAnswer>(
        good.map(({ nomination }) => nominationEvent(leader, { platform, programme }, nomination, at)),
      );
    },
  });
  const answer = send.data;
  return (
    <form
      className="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <h1>{t('suppliers.nominate')}</h1>
      <div className="columns">
        <label className="field">
          <span>{t('suppliers.programme')}</span>
          <input required value={programme} onChange={(event) => setProgramme(event.target.value)} />
        </label>
        <label className="field">
          <span>{t('suppliers.platform')}</span>
          <input required value={platform} onChange={(event) => setPlatform(event.target.value)} />
        </label>
      </div>
      <label className="field">
        <span>{t('suppliers.nominateHint')}</span>
        <textarea rows={8} value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <label className="field">
        <span>CSV</span>
        <input
          type="file"
          accept=".csv,text/csv,text/plain"
          onChange={async (event) => setText((await event.target.files?.[0]?.text()) ?? '')}
        />
      </label>
      {bad.length > 0 && (
        <ul className="notice notice-bad" role="alert">
          {bad.map((row) => (
            <li key={row.row}>
              {t('suppliers.row', { row: row.row })}: {row.field} “{row.found}”
            </li>
          ))}
        </ul>
      )}
      {send.isError && <Failed error={send.error} />}
      {answer !== undefined && (
        <div className={answer.refused === 0 ? 'notice notice-good' : 'notice notice-bad'} aria-live="polite">
          {t('suppliers.nominateRows', { done: answer.written, failed: answer.refused + bad.length })}
          <ul>
            {answer.receipts
              .filter(({ outcome }) => outcome === 'refused')
              .map((receipt) => (
                <li key={receipt.index}>
                  {t('suppliers.row', { row: good[receipt.index]?.row ?? receipt.index })}:{' '}
                  {receipt.explanation}
                </li>
              ))}
          </ul>
        </div>
      )}
      <button type="submit" className="button button-main" disabled={good.length === 0 || send.isPending}>
        {t('action.send')} ({good.length})
      </button>
    </form>
  );
}
