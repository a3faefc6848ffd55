import type { FastifyInstance } from 'fastify';
import { ActCommand } from '../../../schemas/api/acts.ts';
import * as operations from '../../../schemas/api/operations/index.ts';
import { EVIDENCE_MAX_BYTES } from '../../measurement/index.ts';
import type { GatewayDeps } from '../deps.ts';
import { parseInput } from '../problem.ts';
import { businessTime } from '../reads/context.ts';
import { readEvidence, readEvidenceOf } from '../reads/evidence.ts';
import { requireFirm } from '../reads/suppliers.ts';
import { serve } from '../serve.ts';
import { actorOf } from './acts.ts';
import { sendFileOf, takeBytes } from './files.ts';

/** Files that prove something: handed in, listed, fetched again. */
export function evidenceRoutes(root: FastifyInstance, deps: GatewayDeps): void {
  serve(root, deps, operations.listEvidence, ({ reads, params }) => readEvidence(reads, params.uscc));

  serve(root, deps, operations.downloadEvidence, async ({ reads, params, reply }) => {
    const { fileName, bytes } = await readEvidenceOf(reads, params.uscc, params.sha256);
    return sendFileOf(reply, fileName, bytes);
  });

  root.register(async (app) => {
    takeBytes(app, EVIDENCE_MAX_BYTES);
    serve(
      app,
      deps,
      operations.uploadEvidence,
      async ({ request, params, query, reads, principal, reply }) => {
        const { uscc } = params;
        await requireFirm(reads, uscc);
        const actor = actorOf(principal, uscc);
        const { platform, step, ...described } = query;
        const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const added = await deps.evidence.take({ ...described, supplierUscc: uscc, actor }, bytes);
        reply.code(added.confirmed ? 201 : 202);
        if (platform === undefined || step === undefined) return { ...added, act: null };
        const at = (deps.takesBusinessTime ? await businessTime(reads.db) : null) ?? deps.now();
        const act = parseInput(ActCommand, {
          act: 'hand-in-evidence',
          // The same file for the same step is the same act.
          actId: `file-${step}-${added.sha256}`.slice(0, 40),
          ...{ supplierUscc: uscc, platform, programme: query.programme, actor, step },
          evidenceSha256: added.sha256,
          fileName: query.fileName,
          at: at.toISOString(),
        });
        return { ...added, act: await deps.submitAct(act) };
      },
    );
  });
}
