import { OPERATIONS } from '../../schemas/api/operations/index.ts';
import { FIRM } from './offline.ts';

/** What the interface answers before anything has happened, held to the schemas of the answers. */

const PAGE = { total: 0, items: [], nextCursor: null };
const AT = '2025-06-30T15:59:59.000Z';
const NONE = { accepted: 0, duplicates: 0, conflicts: 0, rejected: 0, parked: 0 };
const ANSWERS: Readonly<Record<string, object>> = {
  '/api/v1/onboardings': PAGE,
  '/api/v1/board': { asOf: null, total: 0, byStatus: {}, stages: [] },
  '/api/v1/cities': { asOf: null, ...PAGE },
  '/api/v1/chains': { asOf: null, chains: [] },
  '/api/v1/claims': { state: 'empty', reason: 'NOT_COMPUTED_YET' },
  '/api/v1/funnel': { asOf: AT, stages: [], failures: [], countedBy: 'onboarding' },
  '/api/v1/findings': PAGE,
  '/api/v1/publications': { publications: [] },
  '/api/v1/restatements': { asOf: AT, restatements: [] },
  '/api/v1/samples': PAGE,
  '/api/v1/sample-frame': {
    ...{ asOf: AT, frameHash: '0'.repeat(64), population: 0, byRule: 0, rules: '', programmes: [] },
    sizes: { discoveryAt5: 0, discoveryAt10: 0, within5Points: 0 },
  },
  '/api/v1/audits': PAGE,
  '/api/v1/leaders': { leaders: [] },
  '/api/v1/network': { leader: FIRM, nodes: [], edges: [], truncated: false },
  '/api/v1/chain-kpis': {
    ...{ leader: FIRM, kpi: 'inventoryTurns', unit: 'ratio', direction: 'up', kpis: ['inventoryTurns'] },
    ...{ months: [], suppliers: [], displacement: [] },
  },
  '/api/v1/webhooks': { items: [] },
  '/api/v1/receipts': { topic: 'erp', items: [] },
  '/api/v1/intake': {
    ...{
      topics: [],
      partitions: [],
      verdicts: NONE,
      refused: { total: 0, byReason: {} },
      parked: 0,
      lastAcceptedAt: null,
    },
  },
  '/api/v1/dead-letters': { total: 0, byReason: {}, items: [] },
  '/api/v1/consents': { items: [] },
  '/api/v1/invitations': { items: [] },
  '/api/v1/suppliers/{uscc}': {
    ...{ uscc: FIRM, name: null, onboardings: [], leaders: [], delegates: [], levels: [] },
    displacement: [],
  },
  '/api/v1/suppliers/{uscc}/figures': {
    ...{ uscc: FIRM, name: 'A', asOf: AT, baseline: null, months: [], improvement: {}, scopes: [] },
    displacement: [],
    payback: {
      ...{ value: null, unit: 'years', figureId: `payback/v1/${FIRM}`, published: 4.2, ownOutlayFen: null },
      ...{ yearlySavingFen: null, savedFen: null, paidBackAfterMonths: null },
    },
  },
  '/api/v1/suppliers/{uscc}/comparison': { uscc: FIRM, leaderUscc: null, figures: [], displacement: [] },
  '/api/v1/suppliers/{uscc}/evidence': { uscc: FIRM, projects: [] },
  '/api/v1/suppliers/{uscc}/data-connection': {
    ...{ uscc: FIRM, received: [], refused: { total: 0, open: 0, byReason: {}, items: [] } },
  },
};

/** @returns null for what is not known of as empty */
export function emptyAnswer(path: string): unknown {
  const pattern = path.replace(`/suppliers/${FIRM}`, '/suppliers/{uscc}');
  const operation = OPERATIONS.find((one) => one.method === 'GET' && one.path === pattern);
  const schema = operation?.answers[200];
  return schema == null || ANSWERS[pattern] === undefined ? null : schema.parse(ANSWERS[pattern]);
}
