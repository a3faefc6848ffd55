import { z } from 'zod';
import { Period } from '../../ids.ts';
import {
  AuditRunDetail,
  AuditRunPage,
  AuditRunQuery,
  EXPORTS,
  ExportQuery,
  FindingActRequest,
  PeriodQuery,
  Publication,
  Publications,
} from '../bureau.ts';
import { Restatements } from '../figures.ts';
import { ActRecorded } from '../findings.ts';
import { operation } from './define.ts';

const get = { method: 'GET' } as const;
const RunId = z.string().regex(/^[0-9a-f]{16}$/);

export const actOnFinding = operation({
  method: 'POST',
  idempotent: true,
  id: 'actOnFinding',
  path: '/api/v1/findings/acts',
  tag: 'programme',
  summary: 'Assigns, answers or closes a finding, or appeals against its closure; each is an event',
  body: FindingActRequest,
  answers: { 201: ActRecorded, 202: ActRecorded },
});
export const listPublications = operation({
  ...get,
  id: 'listPublications',
  path: '/api/v1/publications',
  tag: 'programme',
  summary: 'Months that were published, with whether hash and signature still fit',
  answers: { 200: Publications },
});
export const showPublication = operation({
  ...get,
  id: 'showPublication',
  path: '/api/v1/publications/{period}',
  tag: 'programme',
  summary: 'What was published for a month, as far as it concerns the reader',
  params: z.object({ period: Period }),
  answers: { 200: Publication },
});
export const listRestatements = operation({
  ...get,
  id: 'listRestatements',
  path: '/api/v1/restatements',
  tag: 'programme',
  summary: 'Published figures that are others now: old, new, and the events that changed them',
  query: PeriodQuery,
  answers: { 200: Restatements },
});
export const listAuditRuns = operation({
  ...get,
  id: 'listAuditRuns',
  path: '/api/v1/audits',
  tag: 'audits',
  summary: 'Audit runs that are kept, newest first',
  query: AuditRunQuery,
  answers: { 200: AuditRunPage },
});
export const showAuditRun = operation({
  ...get,
  id: 'showAuditRun',
  path: '/api/v1/audits/{runId}',
  tag: 'audits',
  summary: 'One audit run in full: estimates, refusals, displacement, provenance',
  params: z.object({ runId: RunId }),
  answers: { 200: AuditRunDetail },
});
export const auditRunFile = operation({
  ...get,
  id: 'auditRunFile',
  path: '/api/v1/audits/{runId}/files/{name}',
  tag: 'audits',
  summary: 'The report or a frozen file of an audit run, as an attachment',
  params: z.object({ runId: RunId, name: z.string().regex(/^[a-z-]{1,40}\.(html|json|csv)$/) }),
  answers: { 200: null },
  answerType: 'application/octet-stream',
});
export const exportList = operation({
  ...get,
  id: 'exportList',
  path: '/api/v1/exports/{list}',
  tag: 'programme',
  summary: 'A list as CSV or XLSX, cut to the reader’s jurisdiction',
  params: z.object({ list: z.enum(EXPORTS) }),
  query: ExportQuery,
  answers: { 200: null },
  answerType: 'application/octet-stream',
});
