import fc from 'fast-check';
import { ACT_NAMES, ActCommand } from '../../schemas/api/acts.ts';
import { testUscc } from './events.ts';
import { actCommand } from './onboardingEvents.ts';
import { acceptedFacts, dayAt, END_DAY, fact } from './onboardingFacts.ts';
import type { Happening } from './onboardingModel.ts';

const NEW_PROVIDER = testUscc(898);
const STEPS = ['DIAGNOSED', 'PLAN_FILED', 'CONTRACTED', 'TRAINED', 'DEPLOYED', 'LIVE', 'NO_SUCH_STEP'];
const ROLES = ['bureau', 'operator', 'supplier', 'provider', 'leader', 'rater', 'financial-auditor'];

/** Nobody can have done anything then yet. */
const FUTURE_DAY = 20_000;

/** Whatever somebody may want at any moment: due or not, theirs to do or not. */
const fieldsOf = (act: string, step: string): Record<string, unknown> => {
  switch (act) {
    case 'withdraw':
      return { failureReason: { group: 'DARE_NOT', cause: 'CASH' } };
    case 'decline-plan':
      return { failureReason: { group: 'MISMATCH', cause: 'SOLUTION_DOES_NOT_FIT' } };
    case 'self-assess':
      return { edition: '2024', score: 45, level: 2 };
    case 'audit-finance':
      return { outcome: step === 'LIVE' ? 'mismatched' : 'matched' };
    case 'hand-in-evidence':
      return { step, evidenceSha256: 'a'.repeat(64), fileName: 'plan.pdf' };
    case 'reassign-provider':
      return { providerUscc: NEW_PROVIDER };
    case 'take-remedy':
      return { step, remedy: 'training' };
    case 'ask-for-help':
      return { step, failureReason: { group: 'UNABLE', cause: 'NO_STAFF' } };
    default:
      return { step };
  }
};

const wish = (
  act: string,
  day: number,
  supplier: string,
  more: { id: string; step?: string; role?: string },
): Happening => {
  const { id, step = 'DEPLOYED', role } = more;
  const command = actCommand(act, dayAt(day), { actId: id, ...fieldsOf(act, step) }, supplier);
  const actor = role === undefined ? command.actor : { name: 'Somebody', role };
  return { kind: 'act', command: ActCommand.parse({ ...command, actor }) };
};

/** The accepted path as it is lived: facts and acts in order, time told in between. */
function lived(supplier: string): { readonly day: number; readonly happening: Happening }[] {
  const byPeople: Record<string, string> = {
    'onboarding.plan-approved.v1': 'approve-plan',
    'onboarding.self-assessed.v1': 'self-assess',
    'onboarding.finance-audited.v1': 'audit-finance',
  };
  const priced = acceptedFacts().map((one) =>
    one.type === 'onboarding.plan-filed.v1' ? { ...one, data: { ...one.data, priceFen: 30_000_000 } } : one,
  );
  return priced.flatMap((one) => {
    const day = Math.round((Date.parse(one.time) - Date.parse(dayAt(0))) / 86_400_000);
    const act = byPeople[one.type];
    const happening: Happening =
      act === undefined ? { kind: 'fact', fact: one } : wish(act, day, supplier, { id: `usual-${act}` });
    return [
      { day, happening },
      { day, happening: { kind: 'clock' as const, at: dayAt(day) } },
    ];
  });
}

/**
 * Random interleavings of an onboarding's life: some of the usual course, and strewn in what people and systems do besides: acts whose turn it is
 * not, acts of the future, acts that are not theirs, the same act and the same fact again, facts and acts of a day long past, endings of every kind, reopenings.
 * The last thing is always that all time has passed.
 */
export const interleaving = (supplier: string, maxNoise: number): fc.Arbitrary<Happening[]> =>
  fc
    .record({
      // What was never nominated never ends: the window is counted from there.
      usual: fc
        .subarray(lived(supplier).slice(2), { minLength: 12 })
        .map((rest) => [...lived(supplier).slice(0, 2), ...rest]),
      noise: fc.array(
        fc.record({
          position: fc.nat({ max: 40 }),
          kind: fc.constantFrom('act', 'act', 'fact', 'again', 'stale', 'future'),
          act: fc.constantFrom(...ACT_NAMES),
          role: fc.option(fc.constantFrom(...ROLES), { nil: undefined }),
          step: fc.constantFrom(...STEPS),
          name: fc.constantFrom(
            'step-failed',
            'supplier-withdrew',
            'acceptance-decided',
            'level-assessed',
            'plan-filed',
            'go-live-confirmed',
          ),
          isFinal: fc.boolean(),
          reporter: fc.constantFrom('provider', NEW_PROVIDER),
          days: fc.integer({ min: 1, max: 120 }),
        }),
        { maxLength: maxNoise },
      ),
    })
    .map(({ usual, noise }) => {
      const course = [...usual];
      for (const [
        index,
        { position, kind, act, role, step, name, isFinal, reporter, days },
      ] of noise.entries()) {
        const place = Math.min(position, course.length);
        const day = course[Math.max(0, place - 1)]?.day ?? 0;
        const when = kind === 'stale' ? Math.max(0, day - days) : kind === 'future' ? FUTURE_DAY : day;
        const extra = fact(
          name,
          when,
          {
            step,
            ...(name === 'step-failed' || name === 'plan-filed' ? { providerUscc: reporter } : {}),
            final: isFinal,
            level: isFinal ? 1 : 3,
            outcome: 'declined',
            failure: { group: 'UNABLE', cause: 'NO_ERP' },
          },
          `${name}-${index}`,
        );
        const isFact = kind === 'fact' || (kind === 'stale' && isFinal);
        const earlier = course[Math.min(place, course.length - 1)];
        const happening: Happening =
          kind === 'again' && earlier !== undefined
            ? earlier.happening
            : isFact
              ? { kind: 'fact', fact: extra }
              : wish(act, when, supplier, { id: `noise-${index}`, step, ...(role ? { role } : {}) });
        course.splice(place, 0, { day, happening });
      }
      return [
        ...course.map(({ happening }) => happening),
        { kind: 'clock' as const, at: dayAt(END_DAY) },
        { kind: 'clock' as const, at: dayAt(END_DAY + 1) },
      ];
    });
