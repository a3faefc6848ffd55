import { Findings } from '../../../schemas/api/findings.ts';
import { type Horizon, readFindings, type Suspicion } from '../../measurement/index.ts';
import { onboardingsOf, readOnboardings } from '../../onboarding/index.ts';
import type { Db } from '../../runtime/mongo.ts';

/** Every finding of the product: those of measurement, and what came for onboardings that had been closed. */
export async function readAllFindings(db: Db, horizon: Horizon = {}): Promise<Findings> {
  return Findings.parse(await readFindings(db, horizon, await lateAfterClose(db, horizon)));
}

/** What came for onboardings that had been closed, and completions that are none. */
export async function lateAfterClose(db: Db, horizon: Horizon = {}): Promise<Suspicion[]> {
  const isNow = horizon.asOf === undefined && horizon.knownAt === undefined;
  const onboardings = isNow
    ? await onboardingsOf(db)
        .find({ 'findings.0': { $exists: true } }, { projection: { supplierUscc: 1, findings: 1 } })
        .sort({ _id: 1 })
        .toArray()
    : await readOnboardings(db, horizon);
  return onboardings.flatMap((onboarding) =>
    onboarding.findings.map((finding) => ({
      id: `${finding.code}/${finding.eventId}`.slice(0, 150),
      code: finding.code,
      severity: 'info' as const,
      entities: [onboarding.supplierUscc],
      evidence: [{ onboarding: onboarding._id, ...finding }],
      facts: [{ key: finding.eventId, timeMs: Date.parse(finding.at) }],
    })),
  );
}
