import type { FastifyInstance } from 'fastify';
import * as operations from '../../../schemas/api/operations/index.ts';
import type { PaperActRequest } from '../../../schemas/api/samples.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { PaperCommand } from '../../audit/index.ts';
import { EVIDENCE_MAX_BYTES, readEvidenceFile } from '../../measurement/index.ts';
import type { GatewayDeps } from '../deps.ts';
import {
  listSamples,
  prepareDraw,
  readSampleFrame,
  requirePaper,
  sampleOf,
  showSample,
  showWorkPaper,
} from '../reads/samples.ts';
import { serve } from '../serve.ts';
import { actorOf, shortHash } from './bureau.ts';
import { sendFileOf, takeBytes } from './files.ts';

/** Samples of accepted files, and the work-papers about them. */
export function sampleRoutes(root: FastifyInstance, deps: GatewayDeps): void {
  const { samples } = deps;
  serve(root, deps, operations.sampleFrame, ({ reads, query }) => readSampleFrame(reads, query));
  serve(root, deps, operations.drawSample, async ({ body, principal, reads, reply }) => {
    const prepared = await prepareDraw(reads, body);
    const draw = await samples.draw({ ...prepared, actor: actorOf(principal) });
    reply.code(201);
    return sampleOf(reads, draw);
  });
  serve(root, deps, operations.listSamples, ({ reads, query }) => listSamples(reads, query));
  serve(root, deps, operations.showSample, ({ reads, params }) => showSample(reads, params.drawId));
  serve(root, deps, operations.showWorkPaper, ({ reads, params }) =>
    showWorkPaper(reads, params.drawId, params.uscc),
  );

  serve(root, deps, operations.actOnPaper, async ({ body, principal, reads, reply }) => {
    const { drawId, supplierUscc: uscc } = body;
    const { paper } = await requirePaper(reads, drawId, uscc);
    // Two people who chose the same id did two things.
    const actId = `${shortHash(principal.subject)}.${body.actId}`;
    const who = { actor: actorOf(principal), actId };
    const record = await samples.act({ drawId, uscc }, paper, commandOf(body), who);
    reply.code(record.confirmed ? 201 : 202);
    return record;
  });

  serve(root, deps, operations.downloadAttachment, async ({ params, reads, reply }) => {
    const { drawId, uscc, sha256 } = params;
    const { paper } = await requirePaper(reads, drawId, uscc);
    // A hash alone opens nothing: the file must be among those of the work-paper.
    const file = paper.checks.flatMap(({ files }) => files).find((one) => one.sha256 === sha256);
    if (file === undefined) throw new ChainlightError('NOT_FOUND', `no file ${sha256} is attached here`);
    return sendFileOf(reply, file.fileName, await readEvidenceFile(reads.db, sha256));
  });

  root.register(async (app) => {
    takeBytes(app, EVIDENCE_MAX_BYTES);
    serve(
      app,
      deps,
      operations.attachToPaper,
      async ({ request, params, query, principal, reads, reply }) => {
        const { drawId, uscc } = params;
        const { paper } = await requirePaper(reads, drawId, uscc);
        const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const who = { actor: actorOf(principal), actId: shortHash(principal.subject) };
        const added = await samples.attach({ drawId, uscc }, paper, { ...query, bytes }, who);
        reply.code(added.confirmed ? 201 : 202);
        return added;
      },
    );
  });
}

function commandOf(body: PaperActRequest): PaperCommand {
  switch (body.act) {
    case 'checked':
      return { kind: 'checked', check: body.check, outcome: body.outcome, comment: body.comment };
    case 'closed':
      return { kind: 'closed', result: body.result, comment: body.comment };
    case 'reopened':
      return { kind: 'reopened', reason: body.reason };
    default: {
      const unknown: never = body;
      return unknown;
    }
  }
}
