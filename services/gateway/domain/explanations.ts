import type { Explanation } from '../../../schemas/api/page.ts';
import type { FailureReason, Stage } from '../../../schemas/onboarding.ts';

/** Where a reader finds what stands behind each figure of the page: its id, a command, an address where there is one. */

const cli = (command: string): string => `npm run --silent cli -- ${command}`;

const explanation = (figureId: string, command: string, url: string | null): Explanation => ({
  figureId,
  command: cli(command),
  url,
});

export const explainWatermark = (): Explanation =>
  explanation('stream/watermark', 'status --json', '/api/v1/status');

export const explainStreams = (): Explanation =>
  explanation('stream/verdicts', 'dead-letters list --json', '/api/v1/dead-letters');

export const explainCity = (figureId: string, cityCode: string): Explanation =>
  explanation(
    figureId,
    `explain ${figureId} --json`,
    `/api/v1/onboardings?city=${encodeURIComponent(cityCode)}&status=ACCEPTED`,
  );

export const explainStage = (stage: Stage): Explanation =>
  explanation(`funnel/${stage}`, 'funnel --json', `/api/v1/onboardings?stage=${stage}`);

export const explainFailures = (stage: Stage, reason: FailureReason | null): Explanation =>
  explanation(
    `funnel/${stage}/${reason?.group ?? 'UNSTATED'}/${reason?.cause ?? '-'}`,
    'funnel --json',
    `/api/v1/onboardings?stage=${stage}`,
  );

export const explainTurns = (figureId: string): Explanation =>
  explanation(figureId, `explain ${figureId} --json`, null);

/** A claim that nothing measures has no figure; the list of claims says why. */
export const explainClaim = (claimId: string, figureId: string | null): Explanation =>
  figureId === null
    ? explanation(`claim/${claimId}`, 'claims --json', null)
    : explanation(figureId, `explain ${figureId} --json`, null);
