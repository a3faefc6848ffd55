/** The page's data: first by one request, then by server-sent events; after a break, again with growing pauses. */

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** Nobody is signed in: the way leads past the issuer and back to where one was. */
function signIn() {
  const here = `${location.pathname}${location.search}${location.hash}`;
  location.assign(`auth/login?returnTo=${encodeURIComponent(here)}`);
}

/**
 * @param {{ onModel: (model: object) => void, onState: (state: 'loading' | 'live' | 'broken' | 'failed') => void }} listener
 *   `failed`: there is nothing to show; `broken`: what is shown may be old
 * @returns {{ retry: () => void }}
 */
export function followOverview({ onModel, onState }) {
  let hasModel = false;
  let pauseMs = FIRST_PAUSE_MS;
  let timer;
  let source;

  function show(model) {
    hasModel = true;
    pauseMs = FIRST_PAUSE_MS;
    onModel(model);
  }

  function again() {
    source?.close();
    onState(hasModel ? 'broken' : 'failed');
    clearTimeout(timer);
    timer = setTimeout(start, pauseMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }

  function listen() {
    source = new EventSource('api/v1/live');
    source.onopen = () => onState('live');
    source.onerror = () => {
      // The browser comes back by itself, and says what it has already, unless the service refused.
      if (source.readyState === EventSource.CLOSED) again();
      else onState('broken');
    };
    source.addEventListener('page', ({ data }) => show(JSON.parse(data)));
  }

  async function start() {
    try {
      const response = await fetch('api/v1/overview', { headers: { accept: 'application/json' } });
      if (response.status === 401) {
        signIn();
        return;
      }
      if (!response.ok) throw new Error(`status ${response.status}`);
      show(await response.json());
    } catch {
      again();
      return;
    }
    listen();
  }

  onState('loading');
  start();
  return {
    retry: () => {
      clearTimeout(timer);
      source?.close();
      pauseMs = FIRST_PAUSE_MS;
      start();
    },
  };
}
