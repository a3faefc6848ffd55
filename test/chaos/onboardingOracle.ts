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
  const byFirm = new Map<string, SentEvent[]>();
  for (const event of accepted) {
    if (!event.type.startsWith('onboarding.')) continue;
    const firm = String(event.data.supplierUscc);
    byFirm.set(firm, [...(byFirm.get(firm) ?? []), event]);
  }
  const byTarget = new Map<string, SentEvent[]>();
  for (const event of accepted) {
    if (event.type !== 'correction.declared.v1') continue;
    const target = targetOf(event);
    byTarget.set(target, [...(byTarget.get(target) ?? []), event]);
  }
  return new Map([...byFirm].map(([firm, events]) => [firm, endStateOf(events, byTarget, endMs)]));
}

const targetOf = (correction: SentEvent): string =>
  `${correction.source} ${String(correction.data.correctedId)}`;

/** From one correction to the next: an ending before the next one stands, whatever is corrected afterwards. */
function endStateOf(
  events: readonly SentEvent[],
  byTarget: ReadonlyMap<string, readonly SentEvent[]>,
  endMs: number,
): ExpectedOnboarding {
  const corrections: SentEvent[] = [];
  for (let targets = events; targets.length > 0; ) {
    targets = targets.flatMap(({ identity }) => byTarget.get(identity) ?? []);
    corrections.push(...targets);
  }
  const moments = [...new Set(corrections.map(({ timeMs }) => timeMs))].sort((a, b) => a - b);
  for (const [index, fromMs] of [Number.NEGATIVE_INFINITY, ...moments].entries()) {
    const gone = takenBack(corrections.filter(({ timeMs }) => timeMs <= fromMs));
    const found = endingOf(events.filter(({ identity }) => !gone.has(identity)));
    if (found === null) continue;
    const closedAtMs = Math.max(found.closedAtMs, fromMs);
    if (closedAtMs >= (moments[index] ?? Number.POSITIVE_INFINITY)) continue;
    if (closedAtMs <= endMs) return { ...found, closedAtMs };
    break;
  }
  return { status: 'ACTIVE', closedAtMs: null };
}

function endingOf(events: readonly SentEvent[]): { status: string; closedAtMs: number } | null {
  const timeOf = (name: string): number | undefined => {
    const times = events.filter(({ type }) => type === `onboarding.${name}.v1`).map(({ timeMs }) => timeMs);
    return times.length === 0 ? undefined : Math.min(...times);
  };
  const steps = ALL_STEPS.flatMap((name) => timeOf(name) ?? []);
  const endings: (readonly [status: string, atMs: number | undefined])[] = [
    ['WITHDRAWN', timeOf('supplier-withdrew')],
    ['DECLINED', timeOf('plan-declined')],
    ['FAILED', timeOf('step-failed')],
    ['ACCEPTED', steps.length === ALL_STEPS.length ? Math.max(...steps) : undefined],
    ['EXPIRED', addDays(timeOf('supplier-nominated'), WINDOW_DAYS)],
  ];
  const known = endings
    .flatMap(([status, atMs]) => (atMs === undefined ? [] : [{ status, closedAtMs: atMs }]))
    .sort((a, b) => a.closedAtMs - b.closedAtMs);
  return known[0] ?? null;
}

const addDays = (ms: number | undefined, days: number): number | undefined =>
  ms === undefined ? undefined : ms + days * DAY_MS;
