import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';

export function Loading() {
  const { t } = useTranslation();
  return (
    <output>
      <span className="hidden">{t('state.loading')}</span>
      <span className="skeleton" />
    </output>
  );
}

export function Empty({ title, text }: { readonly title: string; readonly text?: string }) {
  return (
    <div className="state">
      <strong>{title}</strong>
      {text !== undefined && <p>{text}</p>}
    </div>
  );
}

/** What went wrong, in the catalogue's words, with its remedy and a way to try again. */
export function Failed({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const { t } = useTranslation();
  const problem = error instanceof ApiError ? error.problem : null;
  return (
    <div className="state" role="alert">
      <strong>{t('state.failed')}</strong>
      <p>{problem?.code === 'UNREACHABLE' || problem === null ? t('state.unreachable') : problem.detail}</p>
      {problem?.remedy && <p>{problem.remedy}</p>}
      {retry !== undefined && (
        <button type="button" className="button" onClick={retry}>
          {t('state.retry')}
        </button>
      )}
    </div>
  );
}

/** One of loading, failed, empty or the data; data that are refreshed stay where they are meanwhile. */
export function Loaded<Data>({
  query,
  isEmpty,
  empty,
  children,
}: {
  readonly query: UseQueryResult<Data>;
  readonly isEmpty?: (data: Data) => boolean;
  readonly empty?: ReactNode;
  readonly children: (data: Data) => ReactNode;
}) {
  const { t } = useTranslation();
  if (query.data === undefined) {
    if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
    return <Loading />;
  }
  if (isEmpty?.(query.data) === true) return empty ?? <Empty title={t('state.empty')} />;
  return (
    <>
      {query.isError && <output className="notice notice-bad">{t('state.stale')}</output>}
      {children(query.data)}
    </>
  );
}
