import type { FastifyInstance } from 'fastify';
import { changes, livePage } from '../../../schemas/api/operations/index.ts';
import type { PageVersion } from '../adapters/pageFeed.ts';
import type { GatewayDeps } from '../deps.ts';
import { type Change, seesChange } from '../domain/changes.ts';
import { type EventStream, eventStreams } from '../eventStream.ts';
import { serve } from '../serve.ts';

/** A reader that falls behind by so much is told to read anew. */
const MAX_WAITING = 1_000;

/** Server-sent events. A client that comes back with Last-Event-ID is sent nothing it has already, and misses nothing. */
export function liveRoutes(app: FastifyInstance, deps: GatewayDeps): void {
  const { feed, changes: changeFeed } = deps;
  const openStream = eventStreams(app, deps.now);

  serve(app, deps, livePage, async ({ request, reply }) => {
    const first = await feed.current();
    let sentId = lastEventId(request.headers);
    let waiting: PageVersion | null = null;
    const stream = openStream(reply, () => flush());
    const flush = (): void => {
      const version = waiting;
      waiting = null;
      if (version === null || version.id === sentId) return;
      sentId = version.id;
      stream.send({ id: version.id, event: 'page', data: version.json });
    };
    const offer = (version: PageVersion): void => {
      waiting = version;
      // A slow reader gets the newest page once it has taken the one before.
      if (!stream.isFull()) flush();
    };
    offer(first);
    stream.onClose(feed.subscribe(offer));
    return reply;
  });

  serve(app, deps, changes, async ({ principal, request, reply }) => {
    const waiting: Change[] = [];
    const stream: EventStream = openStream(
      reply,
      () => flush(),
      () => (waiting.length === 0 ? changeFeed.position() : null),
    );
    const flush = (): void => {
      while (waiting.length > 0 && !stream.isFull()) {
        const change = waiting.shift();
        if (change !== undefined) stream.send(shown(change));
      }
    };
    const { stop } = changeFeed.subscribe(lastEventId(request.headers), {
      joined: (position) => {
        if (waiting.length === 0) stream.mark(position);
      },
      lost: () => {
        waiting.length = 0;
        const id = changeFeed.position();
        stream.send({ ...(id === null ? {} : { id }), event: 'reset', data: '{}' });
      },
      change: (change) => {
        if (!seesChange(principal.tenancy, change)) return;
        waiting.push(change);
        if (waiting.length > MAX_WAITING) {
          waiting.length = 0;
          stream.send({ id: change.id, event: 'reset', data: '{}' });
        }
        flush();
      },
    });
    stream.onClose(stop);
    return reply;
  });
}

const shown = (change: Change) => ({
  id: change.id,
  event: 'changed',
  data: JSON.stringify({
    kind: change.kind,
    ...('key' in change ? { key: change.key } : {}),
    ...('owned' in change ? { uscc: change.owned.supplierUscc } : {}),
  }),
});

const lastEventId = (headers: Record<string, string | string[] | undefined>): string | null => {
  const id = headers['last-event-id'];
  return typeof id === 'string' ? id : null;
};
