import { randomBytes, randomUUID } from 'node:crypto';
import type { OperationId } from '../../schemas/api/operations/index.ts';
import { ROLES, type Role, type Tenancy } from '../../schemas/tenancy.ts';
import { testUscc } from './events.ts';

/** Two worlds that must not see each other: `mine` in Chengdu, `theirs` in Suzhou. */
const serial = (randomBytes(3).readUIntBE(0, 3) % 800_000) + 1;
const world = (first: number, cityCode: string, districtCode: string, platform: string) => ({
  leader: testUscc(first),
  supplier: testUscc(first + 1),
  provider: testUscc(first + 2),
  cityCode,
  districtCode,
  platform,
});
export type World = ReturnType<typeof world>;
export const mine = world(serial, '510100', '510112', 'alpha');
export const theirs = world(serial + 10, '320500', '320506', 'beta');

export const TENANCIES = {
  operator: { role: 'operator' },
  leader: { role: 'leader', firms: [mine.leader] },
  supplier: { role: 'supplier', firms: [mine.supplier] },
  provider: { role: 'provider', firms: [mine.provider] },
  rater: { role: 'rater', rater: 'cesi', region: '510000' },
  'financial-auditor': { role: 'financial-auditor', region: '510100' },
  bureau: { role: 'bureau', region: '510000' },
  platform: { role: 'platform', platform: 'alpha' },
  replayer: { role: 'replayer' },
} as const satisfies Record<Role, Tenancy>;
export const EXTRA = {
  district: { role: 'bureau', region: '510112' },
  theirSupplier: { role: 'supplier', firms: [theirs.supplier] },
  newcomer: { role: 'supplier', firms: [] },
  another: { role: 'supplier', firms: [] },
  otherDistrict: { role: 'bureau', region: '510114' },
  ministry: { role: 'bureau', region: '000000' },
  otherCity: { role: 'bureau', region: '320500' },
  zone: { role: 'bureau', region: '510100', zone: '成都高新区' },
} as const satisfies Record<string, Tenancy>;

type Answer = 'ok' | 'forbidden' | 'not-found';
const EVERYBODY = [...ROLES];
const PEOPLE = EVERYBODY.filter((role) => role !== 'platform' && role !== 'replayer');

/**
 * What is expected, written down a second time and by hand: for each operation who may use it at all, and how it is asked about a firm of
 * one's own world and of the other one. An operation that is missing here fails the test.
 */
interface Expectation {
  readonly may: readonly Role[] | 'public';
  readonly ask?: (about: World) => { url?: string; payload?: object; headers?: Record<string, string> };
  /** Roles that reach both worlds. */
  readonly seesAll?: readonly Role[];
  /** How a foreign firm is answered; by default as if there were none. */
  readonly foreign?: Answer | 'empty';
  /** Status of the answer to a permitted question about one's own. */
  readonly own?: readonly number[];
  /** A stream never ends: only who may is checked. */
  readonly onlyRefusals?: boolean;
}
const OFFICIALS = ['operator', 'financial-auditor', 'bureau'] as const;
/** Each world has one: a month that was closed twice. */
export const findingAbout = (about: World) => `CLOSED_TWICE/${about.supplier}/2024-02/inventory/supplier`;
export const programmeOf = (about: World) => `sme-${about.cityCode}-2024`;
/** Names of a draw in each world, made by its own city; known once they are drawn. */
export const draws = new Map<World, string>();
const drawOf = (about: World) => draws.get(about) ?? 'not-drawn';
/** What there is in each world to be asked for by name; known once it has been made. */
export interface Kept {
  readonly evidenceSha256: string;
  readonly attachmentSha256: string;
  readonly letterId: string;
  readonly invitationId: string;
}
export const kept = new Map<World, Kept>();
const keptIn = (about: World, what: keyof Kept) => kept.get(about)?.[what] ?? 'not-made';
export const paperOf = (about: World) => `/api/v1/samples/${drawOf(about)}/papers/${about.supplier}`;
const ofSupplier = (suffix: string) => (about: World) => ({
  url: `/api/v1/suppliers/${about.supplier}${suffix}`,
});

export const EXPECTED: Readonly<Record<OperationId, Expectation>> = {
  live: { may: 'public' },
  ready: { may: 'public' },
  openApi: { may: 'public' },
  signIn: { may: 'public', own: [302] },
  signInCallback: { may: 'public', own: [401] },
  signOut: { may: 'public' },
  me: { may: EVERYBODY },
  // The bureau of the test is a province: the whole country is not its own.
  overview: { may: ['operator'] },
  livePage: { may: ['operator'], onlyRefusals: true },
  changes: { may: PEOPLE, onlyRefusals: true },
  status: { may: ['operator'] },
  auditTrail: { may: ['operator', 'bureau', 'supplier'] },
  listLeaders: { may: ['operator', 'replayer', 'leader', 'bureau', 'supplier'] },
  listOnboardings: {
    may: PEOPLE,
    ask: (about) => ({ url: `/api/v1/onboardings?supplier=${about.supplier}` }),
    foreign: 'empty',
  },
  board: {
    may: PEOPLE,
    ask: (about) => ({ url: `/api/v1/board?supplier=${about.supplier}` }),
    foreign: 'empty',
  },
  funnel: {
    may: PEOPLE,
    ask: (about) => ({ url: `/api/v1/funnel?leader=${about.leader}` }),
    foreign: 'empty',
  },
  supplier: { may: PEOPLE, ask: ofSupplier('') },
  supplierFigures: { may: PEOPLE, ask: ofSupplier('/figures'), own: [200, 404] },
  supplierComparison: { may: PEOPLE, ask: ofSupplier('/comparison') },
  dataConnection: {
    may: ['operator', 'supplier', 'provider', 'bureau'],
    ask: ofSupplier('/data-connection'),
  },
  // A provider reads and hands in only where the supplier has delegated to it.
  listEvidence: {
    may: PEOPLE.filter((role) => role !== 'leader'),
    ask: ofSupplier('/evidence'),
    own: [200, 403],
  },
  downloadEvidence: {
    may: PEOPLE.filter((role) => role !== 'leader'),
    ask: (about) => ofSupplier(`/evidence/${keptIn(about, 'evidenceSha256')}`)(about),
    own: [200, 403],
  },
  uploadEvidence: {
    may: ['operator', 'supplier', 'provider', 'rater'],
    ask: (about) => ({
      url: `/api/v1/suppliers/${about.supplier}/evidence?programme=sme-510100-2024&kind=other&fileName=x.txt`,
      payload: Buffer.from('no known type'),
      headers: { 'content-type': 'application/octet-stream' },
    }),
    own: [415, 403],
  },
  listCities: { may: OFFICIALS },
  chains: { may: ['operator', 'bureau', 'leader'] },
  chainKpi: {
    may: ['operator', 'bureau', 'leader'],
    ask: (about) => ({ url: `/api/v1/chain-kpis?leader=${about.leader}` }),
    own: [200, 404],
  },
  listClaims: { may: OFFICIALS },
  explainFigure: {
    may: ['operator', 'supplier', 'leader', 'financial-auditor', 'bureau'],
    ask: (about) => ({ url: `/api/v1/figures?id=inventory-turns/v1/${about.supplier}/2024-03` }),
    own: [200, 404, 403],
  },
  listFindings: {
    may: ['operator', 'supplier', 'financial-auditor', 'bureau'],
    ask: (about) => ({ url: `/api/v1/findings?supplier=${about.supplier}` }),
    foreign: 'empty',
  },
  actOnFinding: {
    may: ['operator', 'supplier', 'financial-auditor', 'bureau'],
    ask: (about) => ({
      payload: { act: 'replied', actId: 'a1', findingId: findingAbout(about), text: 'for the test' },
    }),
    own: [201],
  },
  listPublications: { may: OFFICIALS },
  showPublication: {
    may: OFFICIALS,
    ask: () => ({ url: '/api/v1/publications/2024-03' }),
    own: [404],
    foreign: 'ok',
  },
  listRestatements: { may: OFFICIALS },
  // Panels of whole chains: neither the province nor the city's auditor of the test sees the whole country.
  listAuditRuns: { may: ['operator'] },
  showAuditRun: {
    may: ['operator'],
    ask: () => ({ url: '/api/v1/audits/0123456789abcdef' }),
    own: [404],
    foreign: 'ok',
  },
  auditRunFile: {
    may: ['operator'],
    ask: () => ({ url: '/api/v1/audits/0123456789abcdef/files/panel.csv' }),
    own: [404],
    foreign: 'ok',
  },
  sampleFrame: {
    may: OFFICIALS,
    ask: (about) => ({ url: `/api/v1/sample-frame?programme=${programmeOf(about)}` }),
    foreign: 'empty',
  },
  drawSample: {
    may: OFFICIALS,
    ask: (about) => ({ payload: { programmes: [programmeOf(about)], n: 1, seed: 7 } }),
    own: [201],
  },
  listSamples: { may: OFFICIALS },
  showSample: { may: OFFICIALS, ask: (about) => ({ url: `/api/v1/samples/${drawOf(about)}` }) },
  showWorkPaper: { may: OFFICIALS, ask: (about) => ({ url: paperOf(about) }) },
  actOnPaper: {
    may: OFFICIALS,
    ask: (about) => ({
      payload: {
        ...{ act: 'checked', actId: 'a1', drawId: drawOf(about), supplierUscc: about.supplier },
        ...{ check: 'in-use', outcome: 'passed' },
      },
    }),
    own: [201],
  },
  attachToPaper: {
    may: OFFICIALS,
    ask: (about) => ({
      url: `${paperOf(about)}/files?check=in-use&fileName=x.txt`,
      payload: Buffer.from('no known type'),
      headers: { 'content-type': 'application/octet-stream' },
    }),
    own: [415],
  },
  downloadAttachment: {
    may: OFFICIALS,
    ask: (about) => ({ url: `${paperOf(about)}/files/${keptIn(about, 'attachmentSha256')}` }),
  },
  exportList: { may: OFFICIALS, ask: () => ({ url: '/api/v1/exports/findings' }), foreign: 'ok' },
  network: {
    may: ['operator', 'leader', 'bureau'],
    ask: (about) => ({ url: `/api/v1/network?leader=${about.leader}` }),
    foreign: 'empty',
  },
  intakeHealth: {
    may: ['operator', 'leader'],
    ask: (about) => ({ url: `/api/v1/intake?leader=${about.leader}` }),
  },
  listReceipts: {
    may: ['operator', 'leader'],
    ask: (about) => ({ url: `/api/v1/receipts?leader=${about.leader}` }),
  },
  listDeadLetters: {
    may: ['operator', 'leader', 'supplier', 'platform'],
    ask: (about) => ({ url: `/api/v1/dead-letters?leader=${about.leader}` }),
    foreign: 'empty',
  },
  showDeadLetter: {
    may: ['operator', 'leader', 'supplier', 'platform'],
    ask: (about) => ({ url: `/api/v1/dead-letter?id=${keptIn(about, 'letterId')}` }),
    // A leader's letter is no letter of its supplier or of its platform.
    own: [200, 404],
  },
  showEvent: {
    may: ['operator', 'leader', 'supplier', 'platform', 'financial-auditor', 'bureau'],
    ask: (about) => ({
      url: `/api/v1/events?source=/chain/${about.leader}/erp/sap&id=nominated-${about.supplier}`,
    }),
    own: [200, 404],
  },
  registerLeader: { may: ['operator', 'replayer'], own: [422] },
  declareRelation: {
    may: ['operator', 'replayer', 'leader'],
    ask: (about) => ({ payload: { leader: about.leader, supplier: about.supplier, from: 'never' } }),
    own: [422],
    foreign: 'ok',
  },
  registerPlatform: { may: ['operator', 'replayer'], own: [422] },
  recordUsccOverride: { may: ['operator', 'bureau'], own: [422] },
  revokeUsccOverride: { may: ['operator', 'bureau'], own: [422] },
  listUsccOverrides: { may: OFFICIALS },
  act: {
    may: [...PEOPLE, 'replayer'],
    ask: (about) => ({
      payload: {
        act: 'approve-plan',
        actId: 'a1',
        supplierUscc: about.supplier,
        platform: 'never',
        programme: 'never',
        reason: 'for the test',
      },
    }),
    // Nobody has such an onboarding; a provider without delegation may not even ask, a replayer must name the actor.
    own: [404, 403, 422],
  },
  listConsents: {
    may: ['operator', 'supplier', 'leader', 'provider', 'bureau'],
    ask: (about) => ({ url: `/api/v1/consents?supplier=${about.supplier}` }),
    foreign: 'empty',
  },
  grantConsent: {
    may: ['supplier'],
    ask: (about) => ({ payload: { supplier: about.supplier, leader: mine.leader, scopes: ['stock'] } }),
    own: [201],
  },
  withdrawConsent: {
    may: ['supplier'],
    ask: (about) => ({ payload: { supplier: about.supplier, leader: mine.leader, scopes: ['stock'] } }),
    own: [201],
  },
  grantDelegation: {
    may: ['supplier'],
    ask: (about) => ({ payload: { supplier: about.supplier, provider: mine.provider } }),
    own: [201],
  },
  withdrawDelegation: {
    may: ['supplier'],
    ask: (about) => ({ payload: { supplier: about.supplier, provider: mine.provider } }),
    own: [201],
  },
  issueInvitation: {
    may: ['operator', 'leader', 'supplier', 'bureau'],
    ask: (about) => ({ payload: { supplierUscc: about.supplier } }),
    own: [201],
  },
  resendInvitation: {
    may: ['operator', 'leader', 'supplier', 'bureau'],
    ask: (about) => ({ url: `/api/v1/invitations/${keptIn(about, 'invitationId')}/resend` }),
    // The operator issued it: it is the firm's and the operator's own.
    own: [200, 404],
  },
  withdrawInvitation: {
    may: ['operator', 'leader', 'supplier', 'bureau'],
    ask: (about) => ({ url: `/api/v1/invitations/${keptIn(about, 'invitationId')}/withdraw` }),
    own: [200, 404],
  },
  listInvitations: { may: ['operator', 'leader', 'supplier', 'bureau'] },
  lookAtInvitation: {
    may: ['supplier'],
    ask: () => ({ payload: { code: 'never-was-a-code' } }),
    own: [404],
  },
  declineInvitation: {
    may: ['supplier'],
    ask: () => ({ payload: { code: 'never-was-a-code', because: 'refused' } }),
    own: [404],
  },
  acceptInvitation: {
    may: ['supplier'],
    ask: () => ({ payload: { code: 'never-was-a-code' } }),
    own: [404],
  },
  createWebhook: {
    may: ['operator', 'leader', 'bureau'],
    ask: () => ({ payload: { url: 'https://receiver.example/chainlight' } }),
    own: [201],
    foreign: 'ok',
  },
  listWebhooks: { may: ['operator', 'leader', 'bureau'] },
  listDeliveries: {
    may: ['operator', 'leader', 'bureau'],
    ask: () => ({ url: `/api/v1/webhooks/${randomUUID()}/deliveries` }),
    own: [404],
  },
  resendDeliveries: {
    may: ['operator', 'leader', 'bureau'],
    ask: () => ({ url: `/api/v1/webhooks/${randomUUID()}/resend` }),
    own: [404],
  },
  withdrawWebhook: {
    may: ['operator', 'leader', 'bureau'],
    ask: () => ({ url: `/api/v1/webhooks/${randomUUID()}/withdraw` }),
    own: [404],
  },
  sendEvents: {
    may: ['leader', 'supplier', 'provider', 'rater', 'bureau', 'platform'],
    ask: () => ({ payload: {}, headers: { 'content-type': 'application/cloudevents+json' } }),
    own: [400],
    foreign: 'ok',
  },
};
export const SEES_ALL: readonly Role[] = ['operator', 'replayer'];
