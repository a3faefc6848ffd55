import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';

const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 3_000;

/** One reader of server-sent events. */
export interface EventStream {
  send(event: { readonly id?: string; readonly event: string; readonly data: string }): void;
  /** Tells where the reader stands, without anything having happened. */
  mark(id: string): void;
  /** Whether the reader has not yet taken what was sent. */
  isFull(): boolean;
  onClose(stop: () => void): void;
}

/** Opens streams that send a sign of life and end with the server. `onRoom` is called when a full reader has caught up;
 * `position` is what a sign of life tells a reader to come back with. */
export function eventStreams(
  app: FastifyInstance,
): (reply: FastifyReply, onRoom: () => void, position?: () => string | null) => EventStream {
  const open = new Set<ServerResponse>();
  app.addHook('preClose', async () => {
    for (const response of open) response.end();
  });

  return (reply, onRoom, position = () => null) => {
    reply.hijack();
    const response = reply.raw;
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) response.setHeader(name, value);
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      connection: 'close',
    });
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    open.add(response);
    response.on('drain', onRoom);
    const heartbeat = setInterval(() => {
      if (response.writableNeedDrain) return;
      const id = position();
      response.write(`: still here\n${id === null ? '' : `id: ${id}\n`}\n`);
    }, HEARTBEAT_MS);
    response.on('close', () => {
      open.delete(response);
      clearInterval(heartbeat);
    });
    return {
      send: ({ id, event, data }) =>
        void response.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`),
      mark: (id) => void response.write(`id: ${id}\n\n`),
      isFull: () => response.writableNeedDrain,
      onClose: (stop) => {
        if (response.closed) stop();
        else response.on('close', stop);
      },
    };
  };
}
