import type { z } from 'zod';
import { AnchorsExported, EventProof } from '../../schemas/api/anchors.ts';
import { estimateResult, sampleResult, sampleSizeResult, spilloverResult } from '../../schemas/api/audit.ts';
import { auditRunResult } from '../../schemas/api/auditRun.ts';
import { auditResultsResult, drawResult } from '../../schemas/api/auditSample.ts';
import { Claims } from '../../schemas/api/claims.ts';
import { Conformance } from '../../schemas/api/conformance.ts';
import { ConsentList } from '../../schemas/api/consent.ts';
import {
  DeadLetterList,
  DeadLetterShown,
  DiscardResult,
  RedriveResult,
} from '../../schemas/api/deadLetters.ts';
import { EmitResult } from '../../schemas/api/emit.ts';
import { EventRecord } from '../../schemas/api/events.ts';
import { EvidenceAdded, EvidenceList, Subsidies } from '../../schemas/api/evidence.ts';
import {
  FiguresPublished,
  PublicationCheck,
  PublicationDetail,
  PublicationList,
  Restatements,
} from '../../schemas/api/figures.ts';
import { ActRecorded, Findings } from '../../schemas/api/findings.ts';
import { Invitation, InvitationList, InvitationMade } from '../../schemas/api/invitations.ts';
import {
  BaselineRefrozen,
  ChainKpis,
  FigureExplanation,
  FirmKpisInChains,
  GroupKpis,
  KpiList,
  KpiPanel,
  KpiRebuild,
} from '../../schemas/api/kpi.ts';
import { FirmLevels, LevelExplanation } from '../../schemas/api/levels.ts';
import { LiveRuns, Reconciliation, StuckRuns } from '../../schemas/api/liveRuns.ts';
import { ContactSet, LettersRequeued, Outbox } from '../../schemas/api/notifications.ts';
import { Funnel, OnboardingsInChains } from '../../schemas/api/onboarding.ts';
import { ProgrammeCheck } from '../../schemas/api/programme.ts';
import { ProviderScorecard } from '../../schemas/api/providers.ts';
import { IssuedCredentials, LeaderAdded, LeaderList, Registration } from '../../schemas/api/registry.ts';
import { Status } from '../../schemas/api/status.ts';
import { Targets } from '../../schemas/api/targets.ts';
import { UsccOverrideList } from '../../schemas/api/usccOverrides.ts';
import { VerifyResult } from '../../schemas/api/verify.ts';

/** What each command prints with --json. */
export const OUTPUTS: Readonly<Record<string, z.ZodType>> = {
  'anchors export': AnchorsExported,
  'audit estimate': estimateResult,
  'audit draw': drawResult,
  'audit results': auditResultsResult,
  'audit run': auditRunResult,
  'audit sample': sampleResult,
  'audit sample-size': sampleSizeResult,
  'audit spillover': spilloverResult,
  'baselines refreeze': BaselineRefrozen,
  claims: Claims,
  conformance: Conformance,
  'dead-letters discard': DiscardResult,
  'contacts outbox': Outbox,
  'contacts resend': LettersRequeued,
  'contacts set': ContactSet,
  'dead-letters list': DeadLetterList,
  'dead-letters redrive': RedriveResult,
  'dead-letters show': DeadLetterShown,
  'delegations grant': Registration,
  'delegations list': ConsentList,
  'delegations withdraw': Registration,
  emit: EmitResult,
  'events prove': EventProof,
  'events show': EventRecord,
  explain: FigureExplanation,
  'evidence add': EvidenceAdded,
  'evidence list': EvidenceList,
  'figures list': PublicationList,
  'figures publish': FiguresPublished,
  'figures restatements': Restatements,
  'figures show': PublicationDetail,
  'figures verify': PublicationCheck,
  'findings appeal': ActRecorded,
  'findings assign': ActRecorded,
  'findings close': ActRecorded,
  'findings list': Findings,
  'findings reply': ActRecorded,
  funnel: Funnel,
  'invitations issue': InvitationMade,
  'invitations list': InvitationList,
  'invitations resend': InvitationMade,
  'invitations withdraw': Invitation,
  'kpi chain': ChainKpis,
  'kpi list': KpiList,
  'kpi panel': KpiPanel,
  'kpi region': GroupKpis,
  'kpi rebuild': KpiRebuild,
  'kpi show': FirmKpisInChains,
  'leaders add': LeaderAdded,
  'leaders credentials': IssuedCredentials,
  'leaders list': LeaderList,
  'level explain': LevelExplanation,
  'level show': FirmLevels,
  'onboarding live': LiveRuns,
  'onboarding reconcile': Reconciliation,
  'onboarding show': OnboardingsInChains,
  'onboarding stuck': StuckRuns,
  'overrides list': UsccOverrideList,
  'overrides record': Registration,
  'overrides revoke': Registration,
  'programme check': ProgrammeCheck,
  providers: ProviderScorecard,
  'relations add': Registration,
  status: Status,
  subsidies: Subsidies,
  targets: Targets,
  verify: VerifyResult,
};
