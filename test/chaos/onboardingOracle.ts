import { takenBack } from './oracle.ts';
import { DAY_MS } from './population.ts';
import type { SentEvent } from './topicRecord.ts';

export interface ExpectedOnboarding {
  readonly status: string;
  readonly closedAtMs: number | null;
}

const WINDOW_DAYS = 540;
/** What an accepted firm must bring, besides what the system does by itself. */
const ALL_STEPS = [
  'supplier-nominated',
  'diagnosis-completed',
  'plan-filed',
  'plan-approved',
  'contract-signed',
  'training-completed',
  'system-deployed',
  'go-live-confirmed',
  'self-assessed',
  'finance-audited',
  'level-assessed',
  'acceptance-decided',
];

/** `<USCC>` → the end state at the stream's end: the earliest of the endings that its events hold. */
export function expectedOnboardings(
  accepted: readonly SentEvent[],
  endMs: number,
): Map<string, ExpectedOnboarding> {
  const gone = takenBack(accepted);
  const byFirm = new Map<string, SentEvent[]>();
  for (const event of accepted) {
    if (!event.type.startsWith('onboarding.') || gone.has(event.identity)) continue;
    const firm = String(event.data.supplierUscc);
    byFirm.set(firm, [...(byFirm.get(firm) ?? []), event]);
  }
  return new Map([...byFirm].map(([firm, events]) => [firm, endStateOf(events, endMs)]));
}

function endStateOf(events: readonly SentEvent[], endMs: number): ExpectedOnboarding {
  const timeOf = (name: string): number | undefined =>
    events.find((event) => event.type === `onboarding.${name}.v1`)?.timeMs;
  const endings: (readonly [status: string, atMs: number | undefined])[] = [
    ['WITHDRAWN', timeOf('supplier-withdrew')],
    ['DECLINED', timeOf('plan-declined')],
    ['FAILED', timeOf('step-failed')],
    [
      'ACCEPTED',
      ALL_STEPS.every((name) => timeOf(name) !== undefined) ? timeOf('acceptance-decided') : undefined,
    ],
    ['EXPIRED', addDays(timeOf('supplier-nominated'), WINDOW_DAYS)],
  ];
  const passed = endings
    .flatMap(([status, atMs]) => (atMs !== undefined && atMs <= endMs ? [{ status, closedAtMs: atMs }] : []))
    .sort((a, b) => a.closedAtMs - b.closedAtMs);
  return passed[0] ?? { status: 'ACTIVE', closedAtMs: null };
}

const addDays = (ms: number | undefined, days: number): number | undefined =>
  ms === undefined ? undefined : ms + days * DAY_MS;
