import { z } from 'zod';
import {
  BusinessDate,
  CostFen,
  Currency,
  DocumentNumber,
  IndustryCode,
  Instant,
  ProgrammeCode,
  RegionCode,
  Uscc,
} from '../ids.ts';
import { define, open } from './define.ts';

const byBureau = { statedBy: ['bureau'], speaker: {} } as const;

export const subsidyPaid = define('subsidy.paid.v1', {
  ...byBureau,
  description: 'A subsidy was paid out to a firm.',
  about: 'supplierUscc',
  factDates: ['paidOn'],
  data: open({
    supplierUscc: Uscc,
    programme: ProgrammeCode,
    paymentNumber: DocumentNumber,
    /** The reservation that it is paid of, where one is named. */
    reservationNumber: DocumentNumber.optional(),
    paidOn: BusinessDate,
    amountFen: CostFen,
    currency: Currency,
  }),
});

const subsidy = { supplierUscc: Uscc, programme: ProgrammeCode, amountFen: CostFen, currency: Currency };

export const subsidyReserved = define('subsidy.reserved.v1', {
  ...byBureau,
  description: 'A subsidy was set aside for a firm; what is paid later is held against it.',
  about: 'supplierUscc',
  factDates: ['reservedOn'],
  data: open({ ...subsidy, reservationNumber: DocumentNumber, reservedOn: BusinessDate }),
});

export const subsidyClawedBack = define('subsidy.clawed-back.v1', {
  ...byBureau,
  description: 'A subsidy, or part of it, was claimed back from a firm.',
  about: 'supplierUscc',
  factDates: ['clawedBackOn'],
  data: open({
    ...subsidy,
    clawBackNumber: DocumentNumber,
    /** The payment that is claimed back, where it is one. */
    paymentNumber: DocumentNumber.optional(),
    clawedBackOn: BusinessDate,
    reason: z.string().min(4).max(500),
  }),
});

export const ownershipDeclared = define('ownership.declared.v1', {
  ...byBureau,
  description: 'A firm belongs to another: both counted for one target would be one transformation twice.',
  about: 'firmUscc',
  factDates: [],
  data: open({
    firmUscc: Uscc,
    parentUscc: Uscc,
    /** Share of the parent in hundredths of a percent. */
    shareBasisPoints: z.number().int().min(1).max(10_000),
    validFrom: BusinessDate,
  }).refine((data) => data.firmUscc !== data.parentUscc, {
    path: ['parentUscc'],
    message: 'must differ from firmUscc',
  }),
});

export const targetPlanPublished = define('target.plan-published.v1', {
  ...byBureau,
  description:
    'A city publishes (a new version of) its plan: how many firms are to be transformed within which window.',
  about: null,
  factDates: [],
  data: open({
    cityCode: RegionCode,
    cityName: z.string().min(1).max(80),
    programme: ProgrammeCode,
    batch: z.number().int().min(1).max(9),
    planVersion: z.number().int().min(1),
    regionClass: z.enum(['east', 'central', 'west', 'north-east']),
    /** The programme's default for the region class holds where absent. */
    targetFirms: z.number().int().min(1).optional(),
    windowFrom: BusinessDate,
    windowTo: BusinessDate,
    /** GB/T 4754 classes that the plan is for; any industry where absent. */
    pilotIndustries: z.array(IndustryCode).min(1).max(500).optional(),
    /** N where the plan states its figures at 1:N of the programme's (a reduced scenario); 1 where absent. */
    scaleDenominator: z.number().int().min(1).optional(),
    /** Where the figure comes from, and whether it is sure. */
    citation: z.string().max(300).optional(),
    confidence: z.enum(['sure', 'doubtful']).default('sure'),
  }).refine((data) => data.windowTo > data.windowFrom, {
    path: ['windowTo'],
    message: 'must be after windowFrom',
  }),
});

export const cityTotalStated = define('city.total-stated.v1', {
  ...byBureau,
  description: 'A bureau states a total for its region. It is a statement to be tested, never a measurement.',
  about: null,
  factDates: [],
  data: open({
    regionCode: RegionCode,
    measure: z.enum(['pilot-firms-done', 'enterprises-propelled', 'smart-workshops', 'lighthouse-factories']),
    total: z.number().int().min(0),
    asOfDate: BusinessDate,
    definition: z.string().max(500).optional(),
  }),
});

const designation = {
  firmUscc: Uscc,
  regionCode: RegionCode,
  designatedOn: BusinessDate,
  documentNumber: DocumentNumber,
};

export const workshopDesignated = define('workshop.designated.v1', {
  ...byBureau,
  description: 'A firm’s workshop was designated a smart workshop.',
  about: 'firmUscc',
  factDates: ['designatedOn'],
  data: open({ ...designation, workshop: z.string().min(1).max(120) }),
});

export const lighthouseDesignated = define('lighthouse.designated.v1', {
  ...byBureau,
  description: 'A firm’s site was designated a Lighthouse Factory.',
  about: 'firmUscc',
  factDates: ['designatedOn'],
  data: open({ ...designation, site: z.string().min(1).max(120) }),
});

export const sampleFirmCopied = define('samplefirm.copied.v1', {
  ...byBureau,
  description: 'A firm copied the transformation of a sample firm.',
  about: 'firmUscc',
  factDates: ['copiedOn'],
  data: open({
    firmUscc: Uscc,
    sampleFirmUscc: Uscc,
    regionCode: RegionCode,
    solution: z.string().min(1).max(120),
    copiedOn: BusinessDate,
  }).refine((data) => data.firmUscc !== data.sampleFirmUscc, {
    path: ['sampleFirmUscc'],
    message: 'must differ from firmUscc',
  }),
});

export const serviceProcurementApprovalDecided = define('service-procurement.approval-decided.v1', {
  ...byBureau,
  description: 'A request to procure a digitalisation service was decided, online or on paper.',
  about: 'supplierUscc',
  factDates: ['submittedAt', 'decidedAt'],
  data: open({
    supplierUscc: Uscc,
    regionCode: RegionCode,
    requestNumber: DocumentNumber,
    channel: z.enum(['online', 'paper']),
    submittedAt: Instant,
    decidedAt: Instant,
    outcome: z.enum(['approved', 'declined']),
  }).refine((data) => Date.parse(data.decidedAt) >= Date.parse(data.submittedAt), {
    path: ['decidedAt'],
    message: 'must not be before submittedAt',
  }),
});
