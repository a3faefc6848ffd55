import { z } from 'zod';
import { Sha256, Uscc } from '../../ids.ts';
import { Board, BoardQuery, OnboardingFilter, OnboardingPage, OnboardingQuery } from '../board.ts';
import { DeadLetterDetail, DeadLetterList, DeadLetterQuery } from '../deadLetters.ts';
import { EventIdentity, EventRecord } from '../events.ts';
import { EvidenceList } from '../evidence.ts';
import { FigureExplanation, FigureQuery } from '../kpi.ts';
import { FUNNEL_DIMENSIONS, Funnel } from '../onboarding.ts';
import {
  AuditPage,
  AuditQuery,
  ChainKpi,
  ChainKpiQuery,
  Chains,
  CityPage,
  CityQuery,
  ClaimSection,
  FindingPage,
  FindingQuery,
  IntakeHealth,
  IntakeQuery,
  Network,
  NetworkQuery,
  ReceiptList,
  ReceiptQuery,
} from '../overview.ts';
import { PageModel } from '../page.ts';
import { LeaderList } from '../registry.ts';
import { Status } from '../status.ts';
import { Comparison, DataConnection, SupplierDetail, SupplierFigures } from '../supplier.ts';
import { operation } from './define.ts';

const ofFirm = z.object({ uscc: Uscc });
const get = { method: 'GET' } as const;

export const overview = operation({
  ...get,
  id: 'overview',
  path: '/api/v1/overview',
  tag: 'overview',
  summary: 'The whole programme on one page',
  answers: { 200: PageModel },
});
export const livePage = operation({
  ...get,
  id: 'livePage',
  path: '/api/v1/live',
  tag: 'overview',
  summary: 'The overview as it changes, as server-sent events; resumable by Last-Event-ID',
  answers: { 200: null },
  answerType: 'text/event-stream',
});
export const changes = operation({
  ...get,
  id: 'changes',
  path: '/api/v1/changes',
  tag: 'overview',
  summary:
    'What changed among the data one may see, as server-sent events from change streams; resumable by Last-Event-ID',
  answers: { 200: null },
  answerType: 'text/event-stream',
});
export const status = operation({
  ...get,
  id: 'status',
  path: '/api/v1/status',
  tag: 'operation',
  summary: 'Servers, topics with lag, verdicts, onboardings, business time',
  answers: { 200: Status },
});
export const listLeaders = operation({
  ...get,
  id: 'listLeaders',
  path: '/api/v1/leaders',
  tag: 'registry',
  summary: 'Registered chain leaders',
  answers: { 200: LeaderList },
});
export const listOnboardings = operation({
  ...get,
  id: 'listOnboardings',
  path: '/api/v1/onboardings',
  tag: 'onboardings',
  summary: 'Onboardings, paged, filtered and sorted',
  query: OnboardingQuery,
  answers: { 200: OnboardingPage },
});
export const board = operation({
  ...get,
  id: 'board',
  path: '/api/v1/board',
  tag: 'onboardings',
  summary: 'Every stage with its counts and its most urgent onboardings',
  query: BoardQuery,
  answers: { 200: Board },
});
export const funnel = operation({
  ...get,
  id: 'funnel',
  path: '/api/v1/funnel',
  tag: 'onboardings',
  summary: 'How onboardings pass the stages, and where and why they end',
  query: OnboardingFilter.pick({
    ...{
      city: true,
      district: true,
      zone: true,
      leader: true,
      provider: true,
      industry: true,
      programme: true,
    },
  }).extend({
    /** The same for each beside it; a group of fewer than five firms is counted and not shown. */
    by: z.enum(FUNNEL_DIMENSIONS).optional(),
  }),
  answers: { 200: Funnel },
});
export const supplier = operation({
  ...get,
  id: 'supplier',
  path: '/api/v1/suppliers/{uscc}',
  tag: 'suppliers',
  summary: 'One firm: onboardings with steps, attempts and history',
  params: ofFirm,
  answers: { 200: SupplierDetail },
});
export const supplierFigures = operation({
  ...get,
  id: 'supplierFigures',
  path: '/api/v1/suppliers/{uscc}/figures',
  tag: 'suppliers',
  summary: 'One firm’s figures before and after; absolute ones only to those who may see them',
  params: ofFirm,
  answers: { 200: SupplierFigures },
});
export const supplierComparison = operation({
  ...get,
  id: 'supplierComparison',
  path: '/api/v1/suppliers/{uscc}/comparison',
  tag: 'suppliers',
  summary: 'One firm’s change beside the median of its chain, if that has five firms or more',
  params: ofFirm,
  answers: { 200: Comparison },
});
export const dataConnection = operation({
  ...get,
  id: 'dataConnection',
  path: '/api/v1/suppliers/{uscc}/data-connection',
  tag: 'suppliers',
  summary: 'Whether the firm’s data arrive, and which were refused and why',
  params: ofFirm,
  answers: { 200: DataConnection },
});
export const listEvidence = operation({
  ...get,
  id: 'listEvidence',
  path: '/api/v1/suppliers/{uscc}/evidence',
  tag: 'suppliers',
  summary: 'Files that prove a firm’s projects, and whether contract, invoices and payments match',
  params: ofFirm,
  answers: { 200: EvidenceList },
});
export const downloadEvidence = operation({
  ...get,
  id: 'downloadEvidence',
  path: '/api/v1/suppliers/{uscc}/evidence/{sha256}',
  tag: 'suppliers',
  summary: 'The bytes of a file that was handed in, to be saved; never shown in place',
  params: ofFirm.extend({ sha256: Sha256 }),
  answers: { 200: null },
  answerType: 'application/octet-stream',
});
export const listCities = operation({
  ...get,
  id: 'listCities',
  path: '/api/v1/cities',
  tag: 'programme',
  summary: 'Target against done per city, with a forecast',
  query: CityQuery,
  answers: { 200: CityPage },
});
export const chains = operation({
  ...get,
  id: 'chains',
  path: '/api/v1/chains',
  tag: 'programme',
  summary: 'Inventory turns before and after of each leader, its suppliers and both together',
  answers: { 200: Chains },
});
export const chainKpi = operation({
  ...get,
  id: 'chainKpi',
  path: '/api/v1/chain-kpis',
  tag: 'programme',
  summary: 'One KPI of a chain month by month: leader, suppliers and both, and each supplier’s change',
  query: ChainKpiQuery,
  answers: { 200: ChainKpi },
});
export const listClaims = operation({
  ...get,
  id: 'listClaims',
  path: '/api/v1/claims',
  tag: 'programme',
  summary: 'Published claims and what the events say about them',
  answers: { 200: ClaimSection },
});
export const explainFigure = operation({
  ...get,
  id: 'explainFigure',
  path: '/api/v1/figures',
  tag: 'programme',
  summary: 'Opens a figure down to its events, page by page',
  query: FigureQuery,
  answers: { 200: FigureExplanation },
});
export const listFindings = operation({
  ...get,
  id: 'listFindings',
  path: '/api/v1/findings',
  tag: 'programme',
  summary: 'Findings about figures and onboardings',
  query: FindingQuery,
  answers: { 200: FindingPage },
});
export const network = operation({
  ...get,
  id: 'network',
  path: '/api/v1/network',
  tag: 'programme',
  summary: 'A chain’s firms tier by tier, and who buys from whom',
  query: NetworkQuery,
  answers: { 200: Network },
});
export const intakeHealth = operation({
  ...get,
  id: 'intakeHealth',
  path: '/api/v1/intake',
  tag: 'events',
  summary: 'Whether a leader’s events arrive and are taken',
  query: IntakeQuery,
  answers: { 200: IntakeHealth },
});
export const listReceipts = operation({
  ...get,
  id: 'listReceipts',
  path: '/api/v1/receipts',
  tag: 'events',
  summary: 'What became of a leader’s events, batch by batch, as its integrator is told',
  query: ReceiptQuery,
  answers: { 200: ReceiptList },
});
export const listDeadLetters = operation({
  ...get,
  id: 'listDeadLetters',
  path: '/api/v1/dead-letters',
  tag: 'events',
  summary: 'Refused records with their reasons',
  query: DeadLetterQuery,
  answers: { 200: DeadLetterList },
});
export const showDeadLetter = operation({
  ...get,
  id: 'showDeadLetter',
  path: '/api/v1/dead-letter',
  tag: 'events',
  summary: 'One refused record with its bytes',
  query: z.strictObject({ id: z.string().min(1).max(200) }),
  answers: { 200: DeadLetterDetail },
});
export const showEvent = operation({
  ...get,
  id: 'showEvent',
  path: '/api/v1/events',
  tag: 'events',
  summary: 'One event by its identity, with its verdict and place in the log',
  query: EventIdentity,
  answers: { 200: EventRecord },
});
export const auditTrail = operation({
  ...get,
  id: 'auditTrail',
  path: '/api/v1/audit-trail',
  tag: 'operation',
  summary: 'Every act, and every read of commercial data by a bureau or an auditor',
  query: AuditQuery,
  answers: { 200: AuditPage },
});
