import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import type { WorkPaperDetail } from '../../../../../schemas/api/samples.ts';
import { get } from '../../api/client.ts';
import { useFormat } from '../../ui/format.ts';
import { Loaded } from '../../ui/States.tsx';
import { CheckCard } from './CheckCard.tsx';
import { ClosingCard } from './ClosingCard.tsx';
import { Documents, Figures, Received } from './grounds.tsx';
import { ResultPill } from './ResultPill.tsx';

type Check = WorkPaperDetail['checks'][number]['check'];

/** One drawn file: each check with what the record holds for it, what was found, and the closing. */
export default function WorkPaperPage() {
  const { drawId = '', uscc = '' } = useParams();
  const query = useQuery({
    queryKey: ['samples', drawId, uscc],
    queryFn: () => get<WorkPaperDetail>(`/api/v1/samples/${drawId}/papers/${uscc}`),
  });
  return <Loaded query={query}>{(paper) => <Paper paper={paper} />}</Loaded>;
}

function Paper({ paper }: { readonly paper: WorkPaperDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { frame } = paper;
  return (
    <div className="stack">
      <div className="page-head">
        <Link to={`/samples/${paper.drawId}`} className="no-print">
          ← {t('samples.papers')}
        </Link>
        <h1>{paper.name}</h1>
        <ResultPill status={paper.status} result={paper.result} />
        <span className="quiet">{t('businessTime', { day: format.day(paper.asOf) })}</span>
        <button type="button" className="button button-quiet no-print" onClick={() => window.print()}>
          {t('action.print')}
        </button>
      </div>
      {paper.simulated && <p className="notice">{t('simulated')}</p>}
      <section className="card">
        <dl className="facts">
          <dt>USCC</dt>
          <dd>
            <Link to={`/suppliers/${paper.uscc}`}>{paper.uscc}</Link>
          </dd>
          <dt>{t('samples.programme')}</dt>
          <dd>{frame.programme}</dd>
          <dt>{t('suppliers.city')}</dt>
          <dd>{frame.district}</dd>
          <dt>{t('samples.provider')}</dt>
          <dd>{frame.provider || '—'}</dd>
          <dt>{t('samples.subsidy')}</dt>
          <dd>{t(frame.subsidy === 'yes' ? 'samples.yes' : 'samples.no')}</dd>
          <dt>{t('samples.chosen')}</dt>
          <dd>{t(`samples.chosenBy.${paper.chosenBy}`)}</dd>
        </dl>
      </section>
      {paper.checks.map((check) => (
        <CheckCard key={check.check} paper={paper} check={check}>
          {groundsOf(check.check, paper, t)}
        </CheckCard>
      ))}
      <ClosingCard paper={paper} />
    </div>
  );
}

function groundsOf(check: Check, paper: WorkPaperDetail, t: (key: string) => string): ReactNode {
  switch (check) {
    case 'papers-match':
      return <Documents paper={paper} />;
    case 'level-true':
      return (
        <dl className="facts">
          <dt>{t('samples.level')}</dt>
          <dd className="number">
            {paper.frame.level || '—'} / {paper.frame.score || '—'}
          </dd>
        </dl>
      );
    case 'in-use':
      return <Received paper={paper} />;
    case 'figures-traceable':
      return <Figures paper={paper} />;
    default: {
      const unknown: never = check;
      return unknown;
    }
  }
}
