import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Pill } from '../ui/Pill.tsx';
import { SESSION_KEY } from './session.ts';

/** Many changes within this time are read at once. */
const GATHER_MS = 2_000;
/** The wait before a stream that was refused is asked for again; it doubles each time. */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;

/** Hears that something changed; what is on the screen is then read again where it stands, without a jump. */
export function Live() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [isConnected, setConnected] = useState(false);
  useEffect(() => {
    let gathering: ReturnType<typeof setTimeout> | undefined;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    let source: EventSource;
    let refusals = 0;
    const refresh = (): void => {
      gathering ??= setTimeout(() => {
        gathering = undefined;
        void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
      }, GATHER_MS);
    };
    const open = (): void => {
      source = new EventSource('/api/v1/changes');
      source.onopen = () => {
        setConnected(true);
        // A new stream begins now: what happened since the last one was heard by nobody.
        if (refusals > 0) refresh();
        refusals = 0;
      };
      source.onerror = () => {
        setConnected(false);
        // A browser mends a broken connection by itself, but gives up for good where it was answered otherwise (401, 429, 502).
        if (source.readyState !== EventSource.CLOSED) return;
        // Whether it is the sign-in that has ended is for the session to say.
        void queries.invalidateQueries({ queryKey: SESSION_KEY });
        waiting = setTimeout(open, Math.min(FIRST_WAIT_MS * 2 ** refusals, LONGEST_WAIT_MS));
        refusals += 1;
      };
      for (const event of ['changed', 'reset']) source.addEventListener(event, refresh);
    };
    open();
    return () => {
      clearTimeout(gathering);
      clearTimeout(waiting);
      source.close();
    };
  }, [queries]);
  return <Pill tone={isConnected ? 'good' : 'plain'}>{t(isConnected ? 'state.live' : 'state.broken')}</Pill>;
}
