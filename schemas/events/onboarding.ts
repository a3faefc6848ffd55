import { z } from 'zod';
import {
  BusinessDate,
  CostFen,
  Currency,
  DocumentNumber,
  IndustryCode,
  PartyId,
  PersonName,
  ProgrammeCode,
  RegionCode,
  Sha256,
  Uscc,
  Zone,
} from '../ids.ts';
import { FailureReason } from '../onboarding.ts';
import { define, open } from './define.ts';

/** One onboarding is one supplier × platform × programme. */
const onboarding = { supplierUscc: Uscc, platform: PartyId, programme: ProgrammeCode };
const bySupplier = {
  statedBy: ['supplier'],
  about: 'supplierUscc',
  speaker: { supplier: 'supplierUscc' },
} as const;
const byRater = { statedBy: ['rater'], about: 'supplierUscc', speaker: {} } as const;
const byProvider = {
  statedBy: ['provider'],
  about: 'supplierUscc',
  speaker: { provider: 'providerUscc' },
} as const;
const Score = z.number().min(0).max(100);
const Level = z.number().int().min(0).max(4);

export const supplierNominated = define('onboarding.supplier-nominated.v1', {
  description: 'A chain leader nominates a supplier for onboarding onto a platform within a programme.',
  statedBy: ['chain'],
  about: 'supplierUscc',
  speaker: { chain: 'leaderUscc' },
  factDates: [],
  data: open({
    ...onboarding,
    leaderUscc: Uscc,
    supplierName: z.string().min(1).max(120),
    /** The pilot city's code; never derived from the USCC. */
    cityCode: RegionCode,
    districtCode: RegionCode.optional(),
    zone: Zone.optional(),
    industryCode: IndustryCode,
    industryEdition: z.enum(['2011', '2017']).default('2017'),
    tier: z.number().int().min(1).max(9).default(1),
  }),
});

export const supplierApplied = define('onboarding.supplier-applied.v1', {
  description:
    'A supplier applies by itself, or a provider on its behalf while the supplier lets it act; it counts as a nomination.',
  statedBy: ['supplier', 'provider'],
  about: 'supplierUscc',
  speaker: { supplier: 'supplierUscc', provider: 'providerUscc' },
  onBehalf: ['provider'],
  factDates: [],
  data: open({
    ...onboarding,
    /** The leader of its chain, where it names one. */
    leaderUscc: Uscc.optional(),
    /** Where a provider applies on the supplier's behalf. */
    providerUscc: Uscc.optional(),
    supplierName: z.string().min(1).max(120),
    cityCode: RegionCode,
    districtCode: RegionCode.optional(),
    zone: Zone.optional(),
    industryCode: IndustryCode,
    industryEdition: z.enum(['2011', '2017']).default('2017'),
    tier: z.number().int().min(1).max(9).default(1),
  }),
});

export const diagnosisCompleted = define('onboarding.diagnosis-completed.v1', {
  ...byRater,
  description: 'A rater diagnosed the firm on site: its level before the transformation.',
  factDates: ['diagnosedOn'],
  data: open({
    ...onboarding,
    diagnosedOn: BusinessDate,
    edition: z.enum(['2022', '2024']),
    score: Score,
    level: Level,
  }),
});

export const planFiled = define('onboarding.plan-filed.v1', {
  ...byProvider,
  description: 'The provider filed the transformation plan for this supplier.',
  factDates: [],
  data: open({
    ...onboarding,
    providerUscc: Uscc,
    planNumber: DocumentNumber,
    solution: z.string().min(1).max(120),
    priceFen: CostFen,
    currency: Currency,
  }),
});

export const contractSigned = define('onboarding.contract-signed.v1', {
  ...bySupplier,
  description: 'The supplier signed the contract with its provider.',
  factDates: ['signedOn'],
  data: open({
    ...onboarding,
    providerUscc: Uscc,
    contractNumber: DocumentNumber,
    signedOn: BusinessDate,
    amountFen: CostFen,
    currency: Currency,
    documentSha256: Sha256.optional(),
  }),
});

export const trainingCompleted = define('onboarding.training-completed.v1', {
  ...bySupplier,
  description: 'The supplier’s staff completed their training.',
  factDates: ['completedOn'],
  data: open({ ...onboarding, completedOn: BusinessDate, trainedPersons: z.number().int().min(1) }),
});

export const systemDeployed = define('onboarding.system-deployed.v1', {
  description: 'The solution is deployed at the supplier.',
  statedBy: ['platform', 'provider'],
  about: 'supplierUscc',
  speaker: { platform: 'supplierUscc', provider: 'providerUscc' },
  factDates: ['deployedOn'],
  data: open({
    ...onboarding,
    providerUscc: Uscc,
    deployedOn: BusinessDate,
    modules: z.array(z.string().min(1).max(80)).max(50).optional(),
  }),
});

export const goLiveConfirmed = define('onboarding.go-live-confirmed.v1', {
  ...bySupplier,
  description: 'The supplier confirms that it works with the system every day.',
  factDates: ['liveOn'],
  data: open({ ...onboarding, liveOn: BusinessDate }),
});

export const supplierWithdrew = define('onboarding.supplier-withdrew.v1', {
  ...bySupplier,
  description: 'The supplier withdraws by its own will.',
  factDates: [],
  data: open({ ...onboarding, reason: FailureReason, comment: z.string().max(1000).optional() }),
});

export const stepFailed = define('onboarding.step-failed.v1', {
  ...byProvider,
  description: 'A step failed. With `final` the onboarding has failed, otherwise it is tried again.',
  factDates: [],
  data: open({
    ...onboarding,
    providerUscc: Uscc,
    step: z.string().min(1).max(60),
    reason: FailureReason,
    final: z.boolean(),
    comment: z.string().max(1000).optional(),
  }),
});

export const levelAssessed = define('onboarding.level-assessed.v1', {
  ...byRater,
  description: 'A rater assessed the firm’s digital level on site, after the transformation.',
  factDates: ['assessedOn'],
  data: open({
    ...onboarding,
    assessedOn: BusinessDate,
    /** The firm that rated; one that is the supplier's provider or leader does not count. */
    raterUscc: Uscc.optional(),
    edition: z.enum(['2022', '2024']),
    score: Score,
    level: Level,
    /** Scene → level it was judged at, where the rater hands in the whole sheet. */
    scenes: z.record(z.string().max(60), Level).optional(),
  }),
});

export const acceptanceDecided = define('onboarding.acceptance-decided.v1', {
  description: 'The bureau accepts or declines the transformation. A decline needs a reason.',
  statedBy: ['bureau'],
  about: 'supplierUscc',
  speaker: {},
  factDates: ['decidedOn'],
  data: open({
    ...onboarding,
    decidedOn: BusinessDate,
    outcome: z.enum(['accepted', 'declined']),
    decidedBy: PersonName,
    reason: z.string().min(4).max(1000).optional(),
  }).refine((data) => data.outcome === 'accepted' || data.reason !== undefined, {
    path: ['reason'],
    message: 'is mandatory when the outcome is declined',
  }),
});
