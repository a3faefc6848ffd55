import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkPaperDetail } from '../../../../../schemas/api/samples.ts';
import { useFormat } from '../../ui/format.ts';
import { GroundsField } from '../../ui/GroundsField.tsx';
import { Failed } from '../../ui/States.tsx';
import { ResultPill } from './ResultPill.tsx';
import { fieldsOf, usePaperAct } from './usePaperAct.ts';

type Act = WorkPaperDetail['history'][number];
type Props = { readonly paper: WorkPaperDetail };

/** Closes a work-paper or opens it again, and shows who did what. */
export function ClosingCard({ paper }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="card stack">
      <div className="card-head">
        <h2>{t('samples.resultLabel')}</h2>
        <ResultPill status={paper.status} result={paper.result} />
      </div>
      {paper.status === 'open' ? <CloseForm paper={paper} /> : <ReopenForm paper={paper} />}
      <h3>{t('samples.history')}</h3>
      {paper.history.length === 0 && <p className="quiet">{t('samples.noHistory')}</p>}
      <ol className="timeline">
        {paper.history.map((act) => (
          <li key={`${act.at} ${act.kind} ${'check' in act ? act.check : ''}`}>
            <strong>{t(`samples.did.${act.kind}`)}</strong> {act.actor.name}{' '}
            <span className="quiet">{format.minute(act.at)}</span>
            <div>
              <What act={act} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function What({ act }: { readonly act: Act }) {
  const { t } = useTranslation();
  switch (act.kind) {
    case 'checked':
      return [t(`samples.check.${act.check}`), t(`samples.outcome.${act.outcome}`), act.comment]
        .filter((part) => part !== null)
        .join(' · ');
    case 'attached':
      return `${t(`samples.check.${act.check}`)} · ${act.fileName}`;
    case 'closed':
      return [t(`samples.result.${act.result}`), act.comment].filter((part) => part !== null).join(' · ');
    case 'reopened':
      return act.reason;
    default: {
      const unknown: never = act;
      return unknown;
    }
  }
}

function CloseForm({ paper }: Props) {
  const { t } = useTranslation();
  const close = usePaperAct(paper);
  const isReady = paper.checks.every(({ standing }) => standing !== null);
  const hasFailed = paper.checks.some(({ standing }) => standing?.outcome === 'failed');
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    close.mutate({ act: 'closed', ...fieldsOf(event.currentTarget) });
  };
  return (
    <form className="stack no-print" onSubmit={submit}>
      <p className="quiet">{t('samples.closeText')}</p>
      <div className="pair">
        <label className="field">
          <span>{t('samples.resultLabel')}</span>
          <select name="result" key={String(hasFailed)}>
            {(hasFailed ? ['faulty'] : ['sound', 'faulty']).map((result) => (
              <option key={result} value={result}>
                {t(`samples.result.${result}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{t('samples.comment')}</span>
          <input
            name="comment"
            maxLength={2000}
            required={hasFailed}
            placeholder={t('samples.commentNote')}
          />
        </label>
      </div>
      {close.isError && <Failed error={close.error} />}
      <button type="submit" className="button button-main" disabled={!isReady || close.isPending}>
        {t('samples.close')}
      </button>
    </form>
  );
}

function ReopenForm({ paper }: Props) {
  const { t } = useTranslation();
  const reopen = usePaperAct(paper);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    reopen.mutate({ act: 'reopened', ...fieldsOf(event.currentTarget) });
  };
  return (
    <form className="stack no-print" onSubmit={submit}>
      <GroundsField label={t('samples.reason')} name="reason" />
      {reopen.isError && <Failed error={reopen.error} />}
      <button type="submit" className="button" disabled={reopen.isPending}>
        {t('samples.reopen')}
      </button>
    </form>
  );
}
