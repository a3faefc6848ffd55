import type { FailureReason } from '../../../schemas/onboarding.ts';
import type { OfferedRemedy, Remedy } from '../../../schemas/remedy.ts';

import type { Candidate } from './helpers.ts';

/** The event by which a remedy is taken. */
export const REMEDY_TAKEN = 'onboarding.remedy-taken.v1';

/** What is known of a firm when help is looked for. */
export interface RemedySubject {
  readonly status: string;
  readonly industryCode: string | null;
  readonly baselineLevel: number | null;
  readonly steps: readonly {
    readonly step: string;
    readonly state: string;
    readonly attempts: readonly {
      readonly at: string;
      readonly outcome: string;
      readonly reason: FailureReason | null;
    }[];
  }[];
  readonly history: readonly {
    readonly event: string;
    readonly at: string;
    readonly step: string | null;
    readonly remedy: string | null;
    readonly reason?: FailureReason | null;
    readonly isTakenBack?: boolean;
  }[];
}

export interface TakenRemedy {
  readonly remedy: string;
  readonly step: string;
  readonly at: string;
  /** The failure that it was taken for: the last one before it. */
  readonly reason: FailureReason | null;
  /** Whether the step was done afterwards; open while neither that nor another failure or an ending has come. */
  readonly outcome: 'worked' | 'did-not-work' | 'open';
}

/** The remedies that an onboarding took, each once for a try at its step, and whether they worked: read from the step, nobody has to say so. */
export function takenRemedies({ status, steps, history }: RemedySubject): TakenRemedy[] {
  const takings = history.filter(({ event, isTakenBack }) => event === REMEDY_TAKEN && isTakenBack !== true);
  return takings.flatMap(({ at, step: name, remedy }, nth): TakenRemedy[] => {
    if (name === null || remedy === null) return [];
    const step = steps.find((one) => one.step === name);
    const attempts = step?.attempts ?? [];
    const isRepeated = takings
      .slice(0, nth)
      .some(
        (earlier) =>
          earlier.step === name &&
          earlier.remedy === remedy &&
          !attempts.some((attempt) => attempt.at > earlier.at && attempt.at <= at),
      );
    if (isRepeated) return [];
    const after = attempts.find((attempt) => attempt.at > at);
    const isDone = after?.outcome === 'done' || after?.outcome === 'skipped';
    const outcome = isDone ? 'worked' : after !== undefined || status !== 'ACTIVE' ? 'did-not-work' : 'open';
    const reason =
      attempts.findLast((attempt) => attempt.at <= at && attempt.reason !== null)?.reason ?? null;
    return [{ remedy, step: name, at, reason, outcome }];
  });
}

/** How often each remedy was taken and worked. */
export function remedyRecord(
  subjects: readonly RemedySubject[],
): Map<string, { taken: number; worked: number }> {
  const record = new Map<string, { taken: number; worked: number }>();
  for (const { remedy, outcome } of subjects.flatMap(takenRemedies)) {
    const { taken, worked } = record.get(remedy) ?? { taken: 0, worked: 0 };
    record.set(remedy, { taken: taken + 1, worked: worked + (outcome === 'worked' ? 1 : 0) });
  }
  return record;
}

/**
 * What may help with the steps that failed, or for which help was asked, and that are not done: matched on the reason, the industry, the level before the transformation and the
 * gaps that other attempts showed; the more of these speak for a remedy the earlier it stands.
 * @param candidatesFor who could help where a remedy is somebody: another provider, a firm to visit
 */
export function offeredRemedies(
  subject: RemedySubject,
  catalogue: readonly Remedy[],
  record: ReadonlyMap<string, { taken: number; worked: number }>,
  candidatesFor: (kind: Remedy['kind']) => Candidate[] = () => [],
): OfferedRemedy[] {
  const gaps = new Set(
    subject.steps.flatMap(({ attempts }) => attempts.flatMap(({ reason }) => reason?.cause ?? [])),
  );
  return subject.steps.flatMap(({ step, state, attempts }) => {
    const failed = attempts.findLast((attempt) => attempt.reason !== null);
    const asked = subject.history.findLast(
      (entry) => entry.event === 'onboarding.help-requested.v1' && entry.step === step,
    );
    const reason = asked !== undefined && asked.at > (failed?.at ?? '') ? asked.reason : failed?.reason;
    if (state === 'DONE' || state === 'SKIPPED' || !reason) return [];
    return catalogue
      .flatMap((remedy): OfferedRemedy[] => {
        const because = fits(remedy, reason, subject, gaps);
        if (because === null) return [];
        const { id, kind, title } = remedy;
        const known = record.get(id) ?? { taken: 0, worked: 0 };
        return [
          { step, reason, remedy: id, kind, title, because, ...known, candidates: candidatesFor(kind) },
        ];
      })
      .sort((a, b) => b.because.length - a.because.length || (a.remedy < b.remedy ? -1 : 1));
  });
}

/** Why a remedy fits; null where it does not. */
function fits(
  { groups, causes, industries, maxLevel, gaps }: Remedy,
  reason: FailureReason,
  { industryCode, baselineLevel }: RemedySubject,
  known: ReadonlySet<string>,
): string[] | null {
  if (!groups.includes(reason.group)) return null;
  if (causes !== undefined && !causes.includes(reason.cause)) return null;
  if (industries !== undefined && !industries.some((start) => industryCode?.startsWith(start))) return null;
  if (maxLevel !== undefined && (baselineLevel ?? 0) > maxLevel) return null;
  return [
    `reason ${reason.group}/${reason.cause}`,
    ...(industries === undefined ? [] : [`industry ${industryCode}`]),
    ...(maxLevel === undefined ? [] : [`level ${baselineLevel ?? 'not rated'} before`]),
    ...(gaps ?? []).filter((gap) => gap !== reason.cause && known.has(gap)).map((gap) => `gap ${gap}`),
  ];
}
