import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Pill } from '../ui/Pill.tsx';

/** Many changes within this time are read at once. */
const GATHER_MS = 2_000;

/** Hears that something changed; what is on the screen is then read again where it stands, without a jump. */
export function Live() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [isConnected, setConnected] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
      }, GATHER_MS);
    };
    const source = new EventSource('/api/v1/changes');
    source.onopen = () => setConnected(true);
    source.onerror = () => setConnected(false);
    for (const event of ['changed', 'reset']) source.addEventListener(event, refresh);
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [queries]);
  return <Pill tone={isConnected ? 'good' : 'plain'}>{t(isConnected ? 'state.live' : 'state.broken')}</Pill>;
}
