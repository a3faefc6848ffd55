import type { OperationId } from '../../../schemas/api/operations/index.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import {
  type JurisdictionLevel,
  levelOf,
  ROLES,
  type Role,
  WHOLE_COUNTRY,
} from '../../../schemas/tenancy.ts';
import { bilingual, ROLES_ZH } from '../../../schemas/wording.ts';
import type { Principal } from './principal.ts';

/** Who may use an operation at all. Whose data they then reach is for visibility.ts to say. */
export interface Rule {
  /** `public`: without a sign-in. */
  readonly may: readonly Role[] | 'public';
  /** A bureau or auditor may use it only for the whole country: its answer cannot be cut to a region. */
  readonly wholeCountryOnly?: boolean;
  /** A bureau may use it only from the city upwards: districts and zones keep no register of firms. */
  readonly cityOrAbove?: boolean;
  /** `act`: always recorded. `commercial-read`: recorded when a bureau, an auditor or a rater reads. */
  readonly audit?: 'act' | 'commercial-read';
}

const PEOPLE: readonly Role[] = [
  'operator',
  'leader',
  'supplier',
  'provider',
  'rater',
  'financial-auditor',
  'bureau',
];
const OFFICIALS: readonly Role[] = ['operator', 'financial-auditor', 'bureau'];
/** Contracts and invoices name prices, which a leader has no right to see. */
const EVIDENCE_READERS: readonly Role[] = PEOPLE.filter((role) => role !== 'leader');
const open: Rule = { may: 'public' };
const people: Rule = { may: PEOPLE };
const commercial: Rule = { may: PEOPLE, audit: 'commercial-read' };
const registering: Rule = { may: ['operator', 'replayer'], audit: 'act' };
const INVITERS: readonly Role[] = ['operator', 'leader', 'supplier', 'bureau'];
const inviting: Rule = { may: INVITERS, audit: 'act' };
/** Panels and stocks of whole chains, across regions. */
const wholeCountry: Rule = {
  may: ['operator', 'financial-auditor', 'bureau'],
  wholeCountryOnly: true,
  audit: 'commercial-read',
};
/** They speak for one firm or office for good; a supplier's and a provider's reach may end any day. */
const SUBSCRIBERS: readonly Role[] = ['operator', 'leader', 'bureau'];
const subscribing: Rule = { may: SUBSCRIBERS, audit: 'act' };
/** Whoever may ask the register of firms answers for what it says. */
const overriding: Rule = { may: ['operator', 'bureau'], cityOrAbove: true, audit: 'act' };
const bySupplier: Rule = { may: ['supplier'], audit: 'act' };

/** One rule for each operation: an operation without one does not compile, a route without one does not start. */
export const POLICY: Readonly<Record<OperationId, Rule>> = {
  live: open,
  ready: open,
  openApi: open,
  signIn: open,
  signInCallback: open,
  signOut: open,
  me: { may: ROLES },

  overview: { may: ['operator', 'bureau'], wholeCountryOnly: true },
  livePage: { may: ['operator', 'bureau'], wholeCountryOnly: true },
  changes: people,
  status: { may: ['operator'] },
  auditTrail: { may: ['operator', 'bureau', 'supplier'] },

  listLeaders: { may: ['operator', 'replayer', 'leader', 'bureau', 'supplier'] },
  listOnboardings: people,
  board: people,
  funnel: people,
  supplier: commercial,
  supplierFigures: commercial,
  supplierComparison: commercial,
  dataConnection: { may: ['operator', 'supplier', 'provider', 'bureau'], audit: 'commercial-read' },
  listEvidence: { may: EVIDENCE_READERS, audit: 'commercial-read' },
  downloadEvidence: { may: EVIDENCE_READERS, audit: 'commercial-read' },
  uploadEvidence: { may: ['operator', 'supplier', 'provider', 'rater'], audit: 'act' },
  listCities: { may: OFFICIALS },
  chains: { may: ['operator', 'bureau', 'leader'], audit: 'commercial-read' },
  chainKpi: { may: ['operator', 'bureau', 'leader'], audit: 'commercial-read' },
  listClaims: { may: OFFICIALS, audit: 'commercial-read' },
  explainFigure: {
    may: ['operator', 'supplier', 'leader', 'financial-auditor', 'bureau'],
    audit: 'commercial-read',
  },
  listFindings: { may: ['operator', 'supplier', 'financial-auditor', 'bureau'], audit: 'commercial-read' },
  actOnFinding: { may: ['operator', 'supplier', 'financial-auditor', 'bureau'], audit: 'act' },
  listPublications: { may: OFFICIALS },
  showPublication: { may: OFFICIALS, audit: 'commercial-read' },
  listRestatements: { may: OFFICIALS, audit: 'commercial-read' },
  listAuditRuns: wholeCountry,
  showAuditRun: wholeCountry,
  auditRunFile: wholeCountry,
  sampleFrame: { may: OFFICIALS },
  drawSample: { may: OFFICIALS, audit: 'act' },
  listSamples: { may: OFFICIALS },
  showSample: { may: OFFICIALS, audit: 'commercial-read' },
  showWorkPaper: { may: OFFICIALS, audit: 'commercial-read' },
  actOnPaper: { may: OFFICIALS, audit: 'act' },
  attachToPaper: { may: OFFICIALS, audit: 'act' },
  downloadAttachment: { may: OFFICIALS, audit: 'commercial-read' },
  exportList: { may: OFFICIALS, audit: 'commercial-read' },
  network: { may: ['operator', 'leader', 'bureau'], audit: 'commercial-read' },
  intakeHealth: { may: ['operator', 'leader'] },
  listReceipts: { may: ['operator', 'leader'] },
  listDeadLetters: { may: ['operator', 'leader', 'supplier', 'platform'] },
  showDeadLetter: { may: ['operator', 'leader', 'supplier', 'platform'] },
  showEvent: {
    may: ['operator', 'leader', 'supplier', 'platform', 'financial-auditor', 'bureau'],
    audit: 'commercial-read',
  },

  registerLeader: registering,
  declareRelation: { may: ['operator', 'replayer', 'leader'], audit: 'act' },
  registerPlatform: registering,
  recordUsccOverride: overriding,
  revokeUsccOverride: overriding,
  listUsccOverrides: { may: OFFICIALS },
  act: { may: [...PEOPLE, 'replayer'], audit: 'act' },
  listConsents: { may: ['operator', 'supplier', 'leader', 'provider', 'bureau'] },
  grantConsent: bySupplier,
  withdrawConsent: bySupplier,
  grantDelegation: bySupplier,
  withdrawDelegation: bySupplier,
  issueInvitation: inviting,
  resendInvitation: inviting,
  withdrawInvitation: inviting,
  listInvitations: { may: INVITERS },
  lookAtInvitation: { may: ['supplier'] },
  declineInvitation: bySupplier,
  acceptInvitation: bySupplier,
  createWebhook: subscribing,
  listWebhooks: { may: SUBSCRIBERS },
  listDeliveries: { may: SUBSCRIBERS, audit: 'commercial-read' },
  resendDeliveries: subscribing,
  withdrawWebhook: subscribing,
  sendEvents: { may: ['leader', 'supplier', 'provider', 'rater', 'bureau', 'platform'], audit: 'act' },
};

/** Levels of a bureau that keep no register of firms. */
const BELOW_CITY: ReadonlySet<JurisdictionLevel> = new Set(['district', 'zone']);

/** Roles whose reads of commercial data leave a trace: they read other firms’ data by right, not by agreement. */
const WATCHED: ReadonlySet<Role> = new Set(['bureau', 'financial-auditor', 'rater']);

/**
 * Decides whether somebody may use an operation.
 * @throws ChainlightError UNAUTHENTICATED, FORBIDDEN
 */
export function authorise(operation: OperationId, principal: Principal | null): void {
  const rule = POLICY[operation];
  if (rule.may === 'public') return;
  if (principal === null) throw new ChainlightError('UNAUTHENTICATED', 'this needs a sign-in');
  const { tenancy } = principal;
  if (!rule.may.includes(tenancy.role))
    throw new ChainlightError(
      'FORBIDDEN',
      bilingual(`a ${tenancy.role} may not do this: ${operation}`, `${ROLES_ZH[tenancy.role]}不能办理此事`),
    );
  const isRegional =
    (tenancy.role === 'bureau' && (tenancy.region !== WHOLE_COUNTRY || tenancy.zone !== undefined)) ||
    (tenancy.role === 'financial-auditor' && tenancy.region !== WHOLE_COUNTRY);
  if (rule.wholeCountryOnly && isRegional)
    throw new ChainlightError(
      'FORBIDDEN',
      bilingual(
        `${operation} shows the whole country; ask for the cities of your region`,
        '这里是全国的数据，请看本辖区的城市',
      ),
    );
  if (rule.cityOrAbove && tenancy.role === 'bureau' && BELOW_CITY.has(levelOf(tenancy)))
    throw new ChainlightError(
      'FORBIDDEN',
      bilingual(
        `${operation} is for bureaus of cities, provinces and the ministry`,
        '此事由市级以上主管部门办理',
      ),
    );
}

/** What the audit trail keeps of an answered request; null for nothing. */
export function auditKindOf(operation: OperationId, role: Role): 'act' | 'commercial-read' | null {
  const { audit } = POLICY[operation];
  if (audit === 'commercial-read') return WATCHED.has(role) ? audit : null;
  return audit ?? null;
}
