import { periodOf, periodsBetween } from '../../schemas/time.ts';
import type { Fact as MeasuredFact } from '../../services/measurement/domain/facts.ts';
import { documentOf, type OnboardingDocument } from '../../services/onboarding/readModel/document.ts';
import type { MonthBooks } from '../../services/simulator/domain/books.ts';
import type { Population } from '../../services/simulator/domain/firms.ts';
import type { Journey } from '../../services/simulator/domain/journey.ts';
import { happeningsOf } from '../../services/simulator/domain/onboardingFacts.ts';
import { tenantReports } from '../../services/simulator/domain/reports.ts';
import type { OutgoingAct } from '../../workflows/onboarding/activities.contract.ts';
import { actIdentity, type Fact, factOf } from '../../workflows/onboarding/facts.ts';
import { recordOf } from '../../workflows/onboarding/humanActs.ts';
import { runModel } from './onboardingModel.ts';

export interface Played {
  readonly document: OnboardingDocument;
  /** What was stated of it from outside, by people and by the system, as measurement reads it. */
  readonly measured: readonly MeasuredFact[];
}

/** When a tenant reports does not depend on what; a sign of life is no data. */
const NO_BOOKS = { production: {}, quality: {} } as unknown as MonthBooks;

/** Plays one journey of the scenario through the product's own decider up to an instant; without servers. */
export function playJourney(seed: number, population: Population, journey: Journey, until: Date): Played {
  const happenings = happeningsOf(seed, population, journey);
  const facts = happenings.map((one): Fact => {
    if ('act' in one) return factOfAct(recordOf(one.act, 'w'));
    const { source, id, type, timeMs, data } = one.fact;
    return factOf({
      id: `${source} ${id}`,
      type,
      time: new Date(timeMs).toISOString(),
      correlationId: id,
      data,
    });
  });
  const onboarding = facts.filter(({ type }) => type.startsWith('onboarding.'));
  const dataTimes = periodsBetween(periodOf(new Date(journey.nominatedAt)), periodOf(until))
    .flatMap((period) => tenantReports(seed, journey, { ...NO_BOOKS, period }))
    .map(({ timeMs }) => new Date(timeMs).toISOString());
  const run = runModel(
    [
      ...onboarding.map((fact) => ({ kind: 'fact', fact }) as const),
      { kind: 'clock', at: until.toISOString() },
    ],
    dataTimes,
  );
  const nomination = happenings.flatMap((one) => ('fact' in one ? [one.fact] : []))[0];
  const key = {
    supplierUscc: journey.firm.uscc,
    platform: String(nomination?.data.platform),
    programme: String(nomination?.data.programme),
  };
  return {
    document: documentOf('w', key, run.facts, []),
    measured: [
      ...happenings.flatMap((one) =>
        'fact' in one
          ? [measuredFact(journey, one.fact)]
          : [measuredFact(journey, timed(recordOf(one.act, 'w')))],
      ),
      ...run.acts.map((act) => measuredFact(journey, timed({ ...act, data: { ...act.data, ...key } }))),
    ],
  };
}

const factOfAct = (act: OutgoingAct): Fact => factOf({ ...act, id: actIdentity(act.id) });

const timed = ({ id, type, time, data }: OutgoingAct) => ({ id, type, timeMs: Date.parse(time), data });

const measuredFact = (
  { firm }: Journey,
  {
    source = '/system/test',
    id,
    type,
    timeMs,
    data,
  }: Pick<MeasuredFact, 'type' | 'timeMs' | 'data'> & { readonly source?: string; readonly id: string },
): MeasuredFact => ({
  identity: `${source} ${firm.uscc}/${id}`,
  type,
  sourceClass: 'system',
  timeMs,
  firm: firm.uscc,
  period: periodOf(new Date(timeMs)),
  correlationId: firm.uscc,
  hash: '0'.repeat(32),
  data,
});
