import type { Command } from 'commander';
import { OnboardingsInChains } from '../../../schemas/api/onboarding.ts';
import { isUscc } from '../../../schemas/ids.ts';
import type { OfferedRemedy } from '../../../schemas/remedy.ts';
import { dateOf } from '../../../schemas/time.ts';
import { horizonOf, readDisplacement } from '../../measurement/index.ts';
import { showOnboardings } from '../../onboarding/index.ts';
import { loadConfig } from '../../runtime/config.ts';
import { connectMongo } from '../../runtime/mongo.ts';
import { chainInWords } from '../displacementText.ts';
import { registerLive } from '../onboardingLive.ts';
import { badUsage, type CliIo, printResult, table } from '../output.ts';

/** `onboarding show`: where a supplier stands, who has to move, and everything that happened; `live` and `reconcile` beside it. */
export function register(program: Command, io: CliIo): void {
  const onboarding = program
    .command('onboarding')
    .description('Onboardings of suppliers onto industrial internet platforms.');
  registerLive(onboarding, io);
  onboarding
    .command('show')
    .description('Show a supplier’s onboardings: every step, who has to move, every attempt, the history.')
    .argument('<uscc>', 'unified social credit code of the supplier')
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then')
    .option('--json', 'print one JSON object')
    .action(async (uscc: string, options: { asOf?: string; knownAt?: string; json?: boolean }) => {
      if (!isUscc(uscc)) throw badUsage(`${uscc} is not a unified social credit code`);
      const horizon = horizonOf(options);
      const config = loadConfig();
      const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
      try {
        const shown = await showOnboardings(mongo.db, uscc, horizon);
        const isMeasured = shown.onboardings.some(({ outcomes }) => outcomes.length > 0);
        const displacement = isMeasured ? await readDisplacement(mongo.db, uscc, horizon) : [];
        const result = OnboardingsInChains.parse({ ...shown, displacement });
        printResult(io, options.json, result, () => asText(result));
      } finally {
        await mongo.close();
      }
    });
}

function asText({ uscc, onboardings, displacement }: OnboardingsInChains): string {
  if (onboardings.length === 0) return `${uscc} has no onboarding`;
  const each = onboardings.map((onboarding) => {
    const reason = onboarding.failureReason;
    const why = reason === null ? '' : `, ${reason.group}/${reason.cause}`;
    return [
      `${onboarding.programme} on ${onboarding.platform}: ${onboarding.status} at ${onboarding.stage}${why}`,
      table(
        ['step', 'state', 'waiting on', 'deadline', 'attempts'],
        onboarding.steps.map((step) => [
          step.step,
          step.state,
          step.waitingOn,
          step.deadline?.slice(0, 10) ?? null,
          step.attempts.length,
        ]),
      ),
      table(
        ['at', 'event', 'actor', 'reason'],
        onboarding.history.map((entry) => [
          entry.at.slice(0, 10),
          entry.event,
          entry.actor,
          entry.reason === null ? entry.comment : `${entry.reason.group}/${entry.reason.cause}`,
        ]),
      ),
      ...onboarding.outcomes.flatMap(
        ({ windowMonths, verdict, reason: whyNot, displacement: meanwhile = [] }) => [
          `${windowMonths} months after LIVE: ${verdict}${whyNot === null ? '' : ` (${whyNot})`}`,
          ...meanwhile.map((one) => `  by ${dateOf(new Date(one.asOf))}, ${chainInWords(one)}`),
        ],
      ),
      ...onboarding.stall.map((reason) => `may stall: ${reason.text}`),
      ...onboarding.remedies.map(
        (offer) =>
          `may help with ${offer.step}: ${offer.title.en} / ${offer.title.zh} (worked ${offer.worked} of ${offer.taken})${candidates(offer)}`,
      ),
      ...onboarding.findings.map((finding) => `${finding.code}: ${finding.type} of ${finding.at}`),
    ].join('\n');
  });
  return [...each, ...(displacement.length === 0 ? [] : [displacement.map(chainInWords).join('\n')])].join(
    '\n\n',
  );
}

/** Who fits, where a remedy is somebody. */
const candidates = ({ kind, candidates: named }: OfferedRemedy): string => {
  if (kind !== 'other-provider' && kind !== 'lighthouse-visit') return '';
  if (named.length === 0) return '; nobody of this industry is known yet';
  const one = ({ uscc, name, engaged, live }: OfferedRemedy['candidates'][number]): string =>
    `${name ?? uscc}${live === null ? '' : ` (${live} of ${engaged} live)`}`;
  return `; ${named.map(one).join(', ')}`;
};
