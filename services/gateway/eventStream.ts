import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ChainlightError } from '../../schemas/errors.ts';
import './serve.ts';

const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 3_000;
/** Whoever is sent away only to be judged anew need not wait. */
const COME_BACK_MS = 200;

/** One reader of server-sent events. */
export interface EventStream {
  send(event: { readonly id?: string; readonly event: string; readonly data: string }): void;
  /** Tells where the reader stands, without anything having happened. */
  mark(id: string): void;
  /** Whether the reader has not yet taken what was sent. */
  isFull(): boolean;
  onClose(stop: () => void): void;
}

interface StreamLimits {
  /** How many streams one sign-in has open at this gateway. */
  readonly mostOfOne: number;
  readonly longestMs: number;
}

/** Far more than one person's pages; and whoever has lost a right, or signed out, goes on hearing for five minutes at most. */
const LIMITS: StreamLimits = { mostOfOne: 20, longestMs: 5 * 60_000 };

/**
 * Opens streams that send a sign of life, end with the server, and end by themselves: their reader comes back with the id that it was
 * told last and is judged anew.
 * @returns opens one, or throws TOO_MANY_REQUESTS. `onRoom` is called when a full reader has caught up; `position` is what a sign of life
 * tells a reader to come back with
 */
export function eventStreams(
  app: FastifyInstance,
  now: () => Date,
  { mostOfOne, longestMs }: StreamLimits = LIMITS,
): (reply: FastifyReply, onRoom: () => void, position?: () => string | null) => EventStream {
  const open = new Map<ServerResponse, { readonly reader: string; readonly endsAtMs: number }>();
  app.addHook('preClose', async () => {
    for (const response of open.keys()) response.end();
  });

  return (reply, onRoom, position = () => null) => {
    const { principal, ip } = reply.request;
    const reader = principal?.subject ?? ip;
    const nowMs = now().getTime();
    const others = [...open.values()].filter((one) => one.reader === reader);
    if (others.length >= mostOfOne)
      throw tooMany(reply, mostOfOne, Math.min(...others.map(({ endsAtMs }) => endsAtMs)) - nowMs);
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
    const endsAtMs = nowMs + longestMs;
    open.set(response, { reader, endsAtMs });
    response.on('drain', onRoom);
    const write = (text: string): void => {
      if (!response.writableEnded && !response.destroyed) response.write(text);
    };
    const heartbeat = setInterval(() => {
      const isOver = now().getTime() >= endsAtMs;
      if (response.writableNeedDrain) {
        // What it has not taken it is sent anew when it comes back.
        if (isOver) response.destroy();
        return;
      }
      const id = position();
      write(`: still here\n${id === null ? '' : `id: ${id}\n`}\n`);
      if (!isOver) return;
      write(`retry: ${COME_BACK_MS}\n\n`);
      response.end();
    }, HEARTBEAT_MS);
    response.on('close', () => {
      open.delete(response);
      clearInterval(heartbeat);
    });
    return {
      send: ({ id, event, data }) =>
        write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`),
      mark: (id) => write(`id: ${id}\n\n`),
      isFull: () => response.writableNeedDrain,
      onClose: (stop) => {
        if (response.closed) stop();
        else response.on('close', stop);
      },
    };
  };
}

function tooMany(reply: FastifyReply, most: number, firstEndsInMs: number): ChainlightError {
  reply.header('retry-after', String(Math.ceil((firstEndsInMs + HEARTBEAT_MS) / 1_000)));
  return new ChainlightError(
    'TOO_MANY_REQUESTS',
    `one sign-in has at most ${most} streams open at a time; close one of them`,
  );
}
