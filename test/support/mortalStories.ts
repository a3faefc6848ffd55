import { DAY_MS } from '../../schemas/time.ts';
import { erpTopic, PROGRAMME_EVENTS, platformTopic, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { LEADER } from './events.ts';
import { actCommand, onboardingEvents, PLATFORM } from './onboardingEvents.ts';

/** The end lies yesterday, so that people are still written to about it. */
export const LAST_DAY = 105;
const begunMs = Date.now() - (LAST_DAY + 1) * DAY_MS;
export const dayAt = (day: number): string => new Date(begunMs + day * DAY_MS).toISOString();

export type Fields = Record<string, unknown>;
export type Act = ReturnType<typeof actCommand>;
/** What comes until a day is over, in order; then time passes it. */
export interface Part {
  readonly until: number;
  readonly told: readonly (readonly [topic: string, event: Fields] | Act)[];
}

export const opening = (firm: string): Part[] => {
  const events = onboardingEvents(firm);
  return [
    {
      until: 26,
      told: [
        [erpTopic(LEADER), events.nominated(dayAt(0))],
        [PROGRAMME_EVENTS, events.diagnosed(dayAt(10))],
        [PROGRAMME_EVENTS, events.planFiled(dayAt(20))],
        actCommand('approve-plan', dayAt(25), {}, firm),
      ],
    },
    { until: 31, told: [[SUPPLIER_REPORTS, events.contracted(dayAt(30))]] },
  ];
};

export const accepted = (firm: string): Part[] => {
  const events = onboardingEvents(firm);
  return [
    ...opening(firm),
    {
      until: 93,
      told: [
        [SUPPLIER_REPORTS, events.trained(dayAt(40))],
        [PROGRAMME_EVENTS, events.deployed(dayAt(45))],
        [platformTopic(PLATFORM), events.data(dayAt(50))],
        [platformTopic(PLATFORM), events.data(dayAt(90))],
        [SUPPLIER_REPORTS, events.goLive(dayAt(92))],
      ],
    },
    {
      until: LAST_DAY + 0.5,
      told: [
        actCommand('self-assess', dayAt(95), { edition: '2024', score: 45, level: 2 }, firm),
        actCommand('audit-finance', dayAt(97), { outcome: 'matched' }, firm),
        [PROGRAMME_EVENTS, events.rated(dayAt(100))],
        [PROGRAMME_EVENTS, events.accepted(dayAt(LAST_DAY))],
      ],
    },
  ];
};

export const failed = (firm: string): Part[] => {
  const events = onboardingEvents(firm);
  return [
    ...opening(firm),
    { until: 93, told: [[PROGRAMME_EVENTS, events.failed(dayAt(60), false)]] },
    { until: LAST_DAY + 0.5, told: [[PROGRAMME_EVENTS, events.failed(dayAt(LAST_DAY), true)]] },
  ];
};

export const withdrawn = (firm: string): Part[] => [
  ...opening(firm),
  { until: 93, told: [] },
  {
    until: LAST_DAY + 0.5,
    told: [[SUPPLIER_REPORTS, onboardingEvents(firm).withdrew(dayAt(LAST_DAY))]],
  },
];

export const declined = (firm: string): Part[] => {
  const [first, ...rest] = opening(firm);
  const isApproval = (one: Part['told'][number]): boolean => 'act' in one;
  return [
    { until: 26, told: first?.told.filter((one) => !isApproval(one)) ?? [] },
    ...rest.map(({ until }) => ({ until, told: [] })),
    { until: 93, told: [] },
    { until: LAST_DAY + 0.5, told: [actCommand('decline-plan', dayAt(LAST_DAY), {}, firm)] },
  ];
};

/** Begun so long ago that its window closes on the last day. */
export const expired = (firm: string): Part[] => {
  const events = onboardingEvents(firm);
  const begun = LAST_DAY - 540;
  return [
    {
      until: 26,
      told: [
        [erpTopic(LEADER), events.nominated(dayAt(begun))],
        [PROGRAMME_EVENTS, events.diagnosed(dayAt(begun + 10))],
        [PROGRAMME_EVENTS, events.planFiled(dayAt(begun + 20))],
        actCommand('approve-plan', dayAt(begun + 25), {}, firm),
        [SUPPLIER_REPORTS, events.contracted(dayAt(begun + 30))],
      ],
    },
    ...[31, 93, LAST_DAY + 0.5].map((until) => ({ until, told: [] })),
  ];
};
