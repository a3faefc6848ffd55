import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { problemInWords } from './problemWords.ts';

/** After this time a reader is told that it takes long, and may ask again. */
const LONG_MS = 6_000;

/** @param retry asks anew; offered once it takes long */
export function Loading({ retry }: { readonly retry?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <output>
      <span className="hidden">{t('state.loading')}</span>
      <span className="skeleton" />
      {isLong && (
        <span className="state state-slow">
          <span className="quiet">{t('state.slow')}</span>
          {retry !== undefined && (
            <button type="button" className="button" onClick={retry}>
              {t('state.retry')}
            </button>
          )}
        </span>
      )}
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

/** What went wrong, what to do next, and a way to try again; without `retry` it was something that somebody did. */
export function Failed({
  error,
  retry,
}: {
  readonly error: unknown;
  readonly retry?: (() => void) | undefined;
}) {
  const { t, i18n } = useTranslation();
  const { what, detail, remedy } = problemInWords(
    t,
    i18n.language,
    error instanceof ApiError ? error.problem : null,
  );
  return (
    <div className="state" role="alert">
      <strong>{t(retry === undefined ? 'state.notDone' : 'state.failed')}</strong>
      <p>{what}</p>
      {detail !== null && <p>{detail}</p>}
      <p>{remedy}</p>
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
  const retry = (): void => void query.refetch();
  if (query.data === undefined) {
    if (query.isError) return <Failed error={query.error} retry={retry} />;
    return <Loading retry={retry} />;
  }
  if (isEmpty?.(query.data) === true) return empty ?? <Empty title={t('state.empty')} />;
  return (
    <>
      {query.isError && <Stale retry={retry} />}
      {children(query.data)}
    </>
  );
}

/** Said over data that could not be read again. */
export function Stale({ retry }: { readonly retry: () => void }) {
  const { t } = useTranslation();
  return (
    <output className="notice notice-bad split">
      {t('state.stale')}
      <button type="button" className="button button-quiet" onClick={retry}>
        {t('state.retry')}
      </button>
    </output>
  );
}
