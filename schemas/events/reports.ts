import { z } from 'zod';
import {
  CostFen,
  Currency,
  DocumentNumber,
  Milliseconds,
  PartyId,
  Period,
  Persons,
  Seconds,
  Units,
  Uscc,
  WattHours,
} from '../ids.ts';
import { define, open } from './define.ts';

const firmMonth = { firmUscc: Uscc, period: Period };
const ownBooks = {
  statedBy: ['supplier', 'platform'],
  about: 'firmUscc',
  speaker: { supplier: 'firmUscc', platform: 'firmUscc' },
  factDates: ['period'],
} as const;

export const productionReported = define('production.reported.v1', {
  ...ownBooks,
  description: 'A firm’s production in a month (ISO 22400-2 elements).',
  data: open({
    ...firmMonth,
    plannedSeconds: Seconds,
    actualSeconds: Seconds,
    idealCycleMs: Milliseconds,
    producedUnits: Units,
    goodUnits: Units,
    labourSeconds: Seconds,
  }).refine((data) => data.goodUnits <= data.producedUnits, {
    path: ['goodUnits'],
    message: 'must not exceed producedUnits',
  }),
});

export const qualityReported = define('quality.reported.v1', {
  ...ownBooks,
  description: 'A firm’s inspection results in a month, by method.',
  data: open({
    ...firmMonth,
    inspectionMethod: z.enum(['manual', 'ai']),
    inspectedUnits: Units,
    defectsFoundUnits: Units,
    escapedUnits: Units,
    falseRejectUnits: Units,
  }),
});

export const costReported = define('cost.reported.v1', {
  ...ownBooks,
  description:
    'A firm’s quality cost (prevention, appraisal, internal and external failure) and processing cost in a month.',
  data: open({
    ...firmMonth,
    preventionCostFen: CostFen,
    appraisalCostFen: CostFen,
    internalFailureCostFen: CostFen,
    externalFailureCostFen: CostFen,
    processingCostFen: CostFen,
    currency: Currency,
  }),
});

export const energyReported = define('energy.reported.v1', {
  ...ownBooks,
  description: 'A firm’s energy use in a month.',
  data: open({ ...firmMonth, energyWh: WattHours }),
});

export const energyReportedByCarrier = define('energy.reported.v2', {
  ...ownBooks,
  description: 'A firm’s energy use in a month, carrier by carrier.',
  data: open({
    ...firmMonth,
    carriers: z
      .array(
        open({
          /** `unspecified` where the reporter knows only the sum. */
          carrier: z.enum(['electricity', 'gas', 'heat', 'oil', 'coal', 'other', 'unspecified']),
          energyWh: WattHours,
        }),
      )
      .min(1)
      .max(20),
  }).refine(({ carriers }) => new Set(carriers.map(({ carrier }) => carrier)).size === carriers.length, {
    path: ['carriers'],
    message: 'must name each carrier once',
  }),
  upcasts: {
    from: 'energy.reported.v1',
    lift: ({ energyWh, ...data }) => ({ ...data, carriers: [{ carrier: 'unspecified', energyWh }] }),
  },
});

export const revenueReported = define('revenue.reported.v1', {
  ...ownBooks,
  description:
    'A firm’s revenue in a month, and what it bought in for it (value added = revenue − purchases).',
  data: open({ ...firmMonth, revenueFen: CostFen, purchasesFen: CostFen, currency: Currency }),
});

export const headcountReported = define('headcount.reported.v1', {
  ...ownBooks,
  description: 'A firm’s staff at the end of a month, digital staff among them.',
  data: open({ ...firmMonth, headcount: Persons, digitalStaff: Persons }),
});

export const receivablesClosed = define('receivables.closed.v1', {
  ...ownBooks,
  statedBy: ['supplier'],
  description: 'A firm’s receivables and payables at the end of a month.',
  data: open({ ...firmMonth, receivablesFen: CostFen, payablesFen: CostFen, currency: Currency }),
});

export const platformHeartbeat = define('platform.heartbeat.v1', {
  description: 'The platform is alive for this tenant and has passed on everything up to the event’s time.',
  statedBy: ['platform'],
  about: 'firmUscc',
  speaker: { platform: 'firmUscc' },
  factDates: [],
  data: open({ firmUscc: Uscc, platform: PartyId, connectedDevices: z.number().int().min(0) }),
});

export const correctionDeclared = define('correction.declared.v1', {
  description: 'The source takes back (void) or replaces one of its own earlier events.',
  statedBy: ['chain', 'supplier', 'platform', 'provider', 'rater', 'bureau', 'system'],
  about: null,
  speaker: {},
  factDates: [],
  data: open({
    action: z.enum(['void', 'replace']),
    /** Identity of the event that is corrected: an id of the same source. */
    correctedId: z.string().min(1).max(200),
    /** With `replace`: the id of the event, of the same source, that stands in its place. */
    replacementId: z.string().min(1).max(200).optional(),
    reason: z.string().min(1).max(500),
    documentNumber: DocumentNumber.optional(),
  }).refine((data) => (data.action === 'replace') === (data.replacementId !== undefined), {
    path: ['replacementId'],
    message: 'is needed with action replace, and only then',
  }),
});
