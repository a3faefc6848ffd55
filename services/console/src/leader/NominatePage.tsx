import { useMutation } from '@tanstack/react-query';
import { useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { IntakeAnswer } from '../../../../schemas/api/intake.ts';
import { useLeaders, useNetwork } from '../api/chain.ts';
import { postEvents } from '../api/client.ts';
import { readAllOnboardings, useOnboardings } from '../api/onboardings.ts';
import { RefusalReason } from '../intake/RefusalReason.tsx';
import { useFormat } from '../ui/format.ts';
import { Failed, Loading } from '../ui/States.tsx';
import { decodeText } from './csv.ts';
import {
  asSentBefore,
  type NominatedBefore,
  nominationEvents,
  partByNominated,
  readNominations,
  sendInBatches,
} from './nominations.ts';

/** Nominates many suppliers at once; a wrong row is named by its number, and the right ones are not held up by it. */
export default function NominatePage({ leader }: { readonly leader: string }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [isUnreadable, setUnreadable] = useState(false);
  const [programme, setProgramme] = useState('');
  const [platform, setPlatform] = useState('');
  const programmesId = useId();
  const platformsId = useId();
  // What the leader nominated to before is what it most likely nominates to again.
  const known = useOnboardings({ leader }).data?.items ?? [];
  const network = useNetwork(leader);
  const leaders = useLeaders();
  // What is sent is made with both.
  const awaited = [leaders, network].find(({ isPending }) => isPending);
  const unread = [leaders, network].find(({ isError, data }) => isError && data === undefined);
  const source = leaders.data?.leaders.find(({ uscc }) => uscc === leader)?.sources[0] ?? '';
  /** Row of each event of the batch that was sent, by its place in it. */
  const sentRows = useRef<readonly number[]>([]);
  const sentEvents = useRef(new Map<unknown, Record<string, unknown>>());
  const rows = useMemo(() => readNominations(text), [text]);
  const good = rows.filter((row) => row.ok);
  const bad = rows.filter((row) => !row.ok);
  const send = useMutation({
    mutationFn: async () => {
      const at = new Date();
      const target = { leaderUscc: leader, source, platform, programme };
      const known = new Set(network.data?.nodes.map(({ uscc }) => uscc));
      const nominated = await readAllOnboardings({ leader, platform, programme });
      const { fresh, before } = partByNominated(target, good, nominated);
      const events = fresh.flatMap(({ row, nomination }) =>
        nominationEvents(target, nomination, known.has(nomination.supplierUscc), at).map((event) => ({
          row,
          event: asSentBefore(sentEvents.current, event),
        })),
      );
      sentRows.current = events.map(({ row }) => row);
      const answer = await sendInBatches(
        events.map(({ event }) => event),
        (batch) => postEvents<IntakeAnswer>(batch),
      );
      return { ...answer, fresh: fresh.length, before };
    },
  });
  const answer = send.data;
  const take = async (file: File | undefined): Promise<void> => {
    const read = file === undefined ? '' : decodeText(new Uint8Array(await file.arrayBuffer()));
    setUnreadable(read === null);
    setText(read ?? '');
  };
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
          <input
            required
            list={programmesId}
            value={programme}
            onChange={(event) => setProgramme(event.target.value)}
          />
        </label>
        <label className="field">
          <span>{t('suppliers.platform')}</span>
          <input
            required
            list={platformsId}
            value={platform}
            onChange={(event) => setPlatform(event.target.value)}
          />
        </label>
      </div>
      <datalist id={programmesId}>
        {[...new Set(known.map((row) => row.programme))].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <datalist id={platformsId}>
        {[...new Set(known.map((row) => row.platform))].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <label className="field">
        <span>{t('nominate.hint')}</span>
        <textarea rows={8} value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <label className="field">
        <span>CSV</span>
        <input
          type="file"
          accept=".csv,text/csv,text/plain"
          onChange={(event) => void take(event.target.files?.[0])}
        />
      </label>
      {isUnreadable && (
        <p className="notice notice-bad" role="alert">
          {t('nominate.unreadable')}
        </p>
      )}
      {bad.length > 0 && (
        <ul className="notice notice-bad" role="alert">
          {bad.map((row) => (
            <li key={row.row}>
              {t('suppliers.row', { row: row.row })}
              {row.externalId !== '' && ` (${t('nominate.own', { id: row.externalId })})`}:{' '}
              {t(`nominate.field.${row.field}`, { defaultValue: row.field })} “{row.found}”
              {row.sameAs !== undefined && ` · ${t('nominate.twice', { row: row.sameAs })}`}
            </li>
          ))}
        </ul>
      )}
      {send.isError && <Failed error={send.error} />}
      {answer !== undefined && (
        <div className={answer.refused === 0 ? 'notice notice-good' : 'notice notice-bad'} aria-live="polite">
          {t('suppliers.nominateRows', {
            done: answer.fresh - refusedRows(answer, sentRows.current),
            failed: refusedRows(answer, sentRows.current) + bad.length,
          })}
          <ul>
            {answer.receipts
              .filter(({ outcome }) => outcome === 'refused')
              .map((receipt) => (
                <li key={receipt.index}>
                  {t('suppliers.row', { row: sentRows.current[receipt.index] ?? receipt.index })}
                  {ownNumber(
                    rows,
                    sentRows.current[receipt.index],
                    (id) => ` (${t('nominate.own', { id })})`,
                  )}
                  :
                  <RefusalReason
                    code={receipt.code}
                    explanation={receipt.explanation ?? ''}
                    explanationZh={receipt.explanationZh}
                    remedy={receipt.remedy ?? null}
                  />
                </li>
              ))}
          </ul>
        </div>
      )}
      {answer !== undefined && answer.before.length > 0 && <Before rows={answer.before} />}
      {awaited !== undefined && <Loading retry={() => void awaited.refetch()} />}
      {unread !== undefined && <Failed error={unread.error} retry={() => void unread.refetch()} />}
      {leaders.data !== undefined && source === '' && (
        <p className="notice notice-bad">{t('nominate.noSource')}</p>
      )}
      <button
        type="submit"
        className="button button-main"
        disabled={good.length === 0 || send.isPending || source === '' || network.data === undefined}
      >
        {t('action.send')} ({good.length})
      </button>
    </form>
  );
}

/** Rows whose firms were nominated before: nothing was sent for them, and what to do where the row says something else. */
function Before({ rows }: { readonly rows: readonly NominatedBefore[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="notice">
      {t('nominate.before', { count: rows.length })}
      <ul>
        {rows.map(({ row, externalId, at, differs, eventId }) => (
          <li key={row}>
            {t('suppliers.row', { row })}
            {externalId !== '' && ` (${t('nominate.own', { id: externalId })})`}:{' '}
            {t('nominate.beforeOn', { day: format.day(at) })}
            {differs.length > 0 && (
              <>
                {' '}
                {t('nominate.differs', {
                  fields: differs.map((field) => t(`nominate.field.${field}`)).join(' / '),
                  id: eventId,
                })}
              </>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

const refusedRows = ({ receipts }: IntakeAnswer, rows: readonly number[]): number =>
  new Set(receipts.filter(({ outcome }) => outcome === 'refused').map(({ index }) => rows[index])).size;

/** The leader's own number of a row, where the file gives one. */
function ownNumber(
  rows: ReturnType<typeof readNominations>,
  row: number | undefined,
  write: (id: string) => string,
): string {
  const id = rows.find((one) => one.row === row)?.externalId ?? '';
  return id === '' ? '' : write(id);
}
