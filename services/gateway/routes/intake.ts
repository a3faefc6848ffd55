import type { FastifyInstance } from 'fastify';
import type { IntakeReceipt } from '../../../schemas/api/intake.ts';
import { sendEvents } from '../../../schemas/api/operations/index.ts';
import { ERRORS, type ErrorCode } from '../../../schemas/errors.ts';
import type { GatewayDeps } from '../deps.ts';
import { BATCH, readHttpEvents, STRUCTURED } from '../domain/cloudEventsHttp.ts';
import { serve } from '../serve.ts';

/** Room for a batch; every single event is held to ingest's own limit. */
const MAX_REQUEST_BYTES = 8 * 1024 * 1024;

/** Events over HTTP. The bytes are kept as they came, so that what is stored is what was sent. */
export function intakeRoutes(root: FastifyInstance, deps: GatewayDeps): void {
  root.register(async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      [STRUCTURED, BATCH, 'application/json'],
      { parseAs: 'buffer', bodyLimit: MAX_REQUEST_BYTES },
      (_request, body, done) => done(null, body),
    );
    serve(app, deps, sendEvents, async ({ request, query, principal, reply }) => {
      const contentType = request.headers['content-type'] ?? '';
      const events = readHttpEvents(contentType, request.headers, request.body as Buffer);
      const { written, receipts } = await deps.intake.take(
        principal.tenancy,
        events,
        query.receipts === 'all',
      );
      const refused = events.length - written;
      if (refused === 0) reply.code(202);
      else reply.code(written > 0 ? 207 : statusOf(receipts));
      return { written, refused, receipts };
    });
  });
}

/** What all refusals have in common where they agree on one of these, else that the request was wrong. */
function statusOf(receipts: readonly IntakeReceipt[]): number {
  const statuses = new Set(receipts.map(({ code }) => ERRORS[code as ErrorCode]?.status));
  const [only = 400] = statuses.size === 1 ? statuses : [];
  return only === 403 || only === 413 ? only : 400;
}
