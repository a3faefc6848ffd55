import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { FindingActRequest } from '../../../schemas/api/bureau.ts';
import * as operations from '../../../schemas/api/operations/index.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { Actor } from '../../../schemas/events/acts.ts';
import { bilingual } from '../../../schemas/wording.ts';
import { listAuditRuns, readAuditFile, readAuditRun } from '../../audit/index.ts';
import type { CaseCommand } from '../../measurement/index.ts';
import { xlsxOf } from '../adapters/xlsx.ts';
import type { GatewayDeps } from '../deps.ts';
import { cursorOf, positionOf } from '../domain/cursor.ts';
import type { Principal } from '../domain/principal.ts';
import { csvOf } from '../domain/spreadsheet.ts';
import { readExport } from '../reads/exports.ts';
import { FINDINGS_KEY, visibleFindings } from '../reads/programme.ts';
import { readPublication, readPublications, readRestated } from '../reads/publications.ts';
import { serve } from '../serve.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** What bureaus and auditors do beside reading figures: findings, publications, audits, files to take along. */
export function bureauRoutes(app: FastifyInstance, deps: GatewayDeps): void {
  const { findingActs, cache, db } = deps;

  serve(app, deps, operations.actOnFinding, async ({ body, principal, reads, reply }) => {
    requireMay(principal, body.act);
    const visible = await visibleFindings(reads);
    const finding = visible.find(({ id }) => id === body.findingId);
    if (finding === undefined)
      throw new ChainlightError('NOT_FOUND', `there is no finding ${body.findingId} that you may see`);
    const { actId, ...command } = body;
    // Two people who chose the same id did two things.
    const record = await findingActs.act(`${shortHash(principal.subject)}.${actId}`, {
      ...command,
      actor: actorOf(principal, finding.entities),
    } as CaseCommand);
    cache.forget(FINDINGS_KEY);
    reply.code(record.confirmed ? 201 : 202);
    return record;
  });

  serve(app, deps, operations.listPublications, ({ reads }) => readPublications(reads));
  serve(app, deps, operations.showPublication, ({ reads, params }) => readPublication(reads, params.period));
  serve(app, deps, operations.listRestatements, ({ reads, query }) => readRestated(reads, query.period));

  serve(app, deps, operations.listAuditRuns, async ({ query }) => {
    const skip = query.cursor === undefined ? 0 : Number(positionOf(query.cursor)[0]);
    const { total, items } = await listAuditRuns(db, { skip, limit: query.limit });
    const end = skip + items.length;
    const isMore = end < total && items.length > 0;
    return { total, items, nextCursor: isMore ? cursorOf([end, 'audits']) : null };
  });
  serve(app, deps, operations.showAuditRun, ({ params }) => readAuditRun(db, params.runId));
  serve(app, deps, operations.auditRunFile, async ({ params, reply }) => {
    const { content, isIntact } = await readAuditFile(db, params.runId, params.name);
    if (!isIntact) throw new Error(`${params.name} of audit run ${params.runId} has lost its hash`);
    return attached(reply, `${params.runId}-${params.name}`, content);
  });

  serve(app, deps, operations.exportList, async ({ params, query, reads, reply }) => {
    const sheet = await readExport(reads, params.list, query);
    const content =
      query.format === 'xlsx' ? await xlsxOf(sheet, params.list) : Buffer.from(csvOf(sheet), 'utf8');
    return attached(reply, `${params.list}.${query.format}`, content);
  });
}

export const shortHash = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Never shown inline: a report is opened from the disk, not as a page of this origin. */
function attached(reply: FastifyReply, name: string, content: Buffer): Buffer {
  const extension = name.slice(name.lastIndexOf('.') + 1);
  reply
    .type(MEDIA_TYPES[extension] ?? 'application/octet-stream')
    .header('content-disposition', `attachment; filename="${name}"`);
  return content;
}

/** A firm concerned answers and appeals; officials assign and decide. */
function requireMay({ tenancy }: Principal, act: FindingActRequest['act']): void {
  if (tenancy.role === 'supplier' && (act === 'assigned' || act === 'closed'))
    throw new ChainlightError(
      'FORBIDDEN',
      bilingual(
        'a firm concerned may answer a finding and appeal, not decide it',
        '相关企业可以答复和申诉，不能自行作出决定',
      ),
    );
}

/** Who did something that concerns no single firm; of several firms that a sign-in speaks for, one of those concerned. */
export function actorOf({ name, tenancy }: Principal, concerned: readonly string[] = []): Actor {
  const role = tenancy.role === 'platform' || tenancy.role === 'replayer' ? 'system' : tenancy.role;
  const firms = 'firms' in tenancy ? tenancy.firms : [];
  const firm = firms.find((one) => concerned.includes(one)) ?? firms[0];
  return { name, role, ...(firm === undefined ? {} : { uscc: firm }) };
}
