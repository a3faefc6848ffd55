import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Pill } from '../ui/Pill.tsx';

/** Tells that something changed; what is on the screen is then read again where it stands, without a jump. */
export function Live() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [isConnected, setConnected] = useState(false);
  useEffect(() => {
    const source = new EventSource('/api/v1/changes');
    source.onopen = () => setConnected(true);
    source.onerror = () => setConnected(false);
    const refresh = () => {
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
    };
    source.addEventListener('changes', refresh);
    return () => source.close();
  }, [queries]);
  return <Pill tone={isConnected ? 'good' : 'plain'}>{t(isConnected ? 'state.live' : 'state.broken')}</Pill>;
}
