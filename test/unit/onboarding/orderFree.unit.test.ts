import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TERMINAL_STATUSES } from '../../../schemas/onboarding.ts';
import { documentOf } from '../../../services/onboarding/readModel/document.ts';
import { isOutcome } from '../../../workflows/onboarding/facts.ts';
import {
  ACCEPTED_DATA,
  acceptedFacts,
  arrivalOf,
  corrected,
  dayAt,
  END_DAY,
  factsAndClock,
  story,
} from '../../support/onboardingFacts.ts';
import { runModel } from '../../support/onboardingModel.ts';

const KEY = { supplierUscc: 's', platform: 'p', programme: 'x' };
const RUNS = { numRuns: 150 };
const correctedStory = story.chain(corrected);

describe('any order of arrival, any steps of time', () => {
  it('an accepted onboarding stays one', () => {
    const { state, acts } = runModel(factsAndClock(acceptedFacts(), END_DAY), ACCEPTED_DATA);
    expect(state.ending?.status).toBe('ACCEPTED');
    expect(acts.filter((act) => act.type.includes('reminder'))).toEqual([]);
  });

  it('states the same acts and ends in the same record', () => {
    const arrivals = story.chain(({ facts, data }) =>
      fc.record({
        data: fc.constant(data),
        facts: fc.constant(facts),
        one: arrivalOf(facts),
        other: arrivalOf(facts),
      }),
    );
    fc.assert(
      fc.property(arrivals, ({ data, one, other }) => {
        const a = runModel(one, data);
        const b = runModel(other, data);
        expect(a.acts).toEqual(b.acts);
        expect(a.platformLog).toEqual(b.platformLog);
        expect(documentOf('w', KEY, a.facts, [])).toEqual(documentOf('w', KEY, [...b.facts].reverse(), []));
      }),
      RUNS,
    );
  });

  it('the same with facts that were taken back, before or after they came', () => {
    const arrivals = correctedStory.chain(({ facts, data }) =>
      fc.record({ data: fc.constant(data), one: arrivalOf(facts), other: arrivalOf(facts) }),
    );
    fc.assert(
      fc.property(arrivals, ({ data, one, other }) => {
        const a = runModel(one, data);
        const b = runModel(other, data);
        expect(a.acts).toEqual(b.acts);
        expect(documentOf('w', KEY, a.facts, [])).toEqual(documentOf('w', KEY, [...b.facts].reverse(), []));
      }),
      { numRuns: 300 },
    );
  });

  it('ends once, in one of the five ways, and undoes exactly what it did', () => {
    const arrivals = story.chain(({ facts, data }) =>
      arrivalOf(facts).map((arrival) => ({ arrival, data, facts })),
    );
    fc.assert(
      fc.property(arrivals, ({ arrival, data, facts }) => {
        const { state, acts, platform, platformLog } = runModel(arrival, data);
        const closings = acts.filter((act) => act.type === 'onboarding.closed.v1');
        const isNominated = facts.some((one) => one.type === 'onboarding.supplier-nominated.v1');
        expect(closings.length).toBeLessThanOrEqual(1);
        if (isNominated) expect(closings).toHaveLength(1);
        if (closings.length === 0) return;
        expect(acts.findLast((act) => act.type !== 'onboarding.outcome-measured.v1')).toBe(closings[0]);
        expect(TERMINAL_STATUSES).toContain(state.ending?.status);
        const done = platformLog.filter((entry) => /create|issue|register/.test(entry));
        const undone = platformLog.filter((entry) => /revoke|disable|remove/.test(entry));
        if (state.ending?.status === 'ACCEPTED') {
          expect(undone).toEqual([]);
        } else {
          const inverse: Record<string, string> = {
            'create-tenant': 'disable-tenant',
            'issue-credential': 'revoke-credential',
            'register-devices': 'remove-devices',
          };
          expect(undone).toEqual(done.map((entry) => inverse[entry]).reverse());
          expect(platform.size).toBe(0);
        }
      }),
      RUNS,
    );
  });

  it('does no step before its prerequisites, and states nothing before its time', () => {
    const arrivals = story.chain(({ facts, data }) => arrivalOf(facts).map((arrival) => ({ arrival, data })));
    fc.assert(
      fc.property(arrivals, ({ arrival, data }) => {
        const { state, acts } = runModel(arrival, data);
        for (const step of state.steps.values()) {
          if (step.doneAt === null) continue;
          for (const before of step.definition.after) {
            const prerequisite = state.steps.get(before)?.doneAt ?? null;
            expect(prerequisite).not.toBeNull();
            expect((prerequisite ?? '') <= step.doneAt).toBe(true);
          }
        }
        const times = acts.map((act) => act.time);
        expect(times).toEqual([...times].sort());
      }),
      RUNS,
    );
  });

  it('what lies after the ending is a finding and changes nothing', () => {
    const arrivals = story.chain(({ facts, data }) => arrivalOf(facts).map((arrival) => ({ arrival, data })));
    fc.assert(
      fc.property(arrivals, ({ arrival, data }) => {
        const { facts, state } = runModel(arrival, data);
        if (state.status !== 'CLOSED') return;
        const document = documentOf('w', KEY, facts, []);
        const after = facts.filter((one) => !isOutcome(one) && one.time > state.ending.at);
        const late = document.findings.filter((finding) => finding.code === 'LATE_AFTER_CLOSE');
        expect(late.map((finding) => finding.eventId).sort()).toEqual(after.map((one) => one.id).sort());
        const without = documentOf(
          'w',
          KEY,
          facts.filter((one) => !after.includes(one)),
          [],
        );
        expect(without.steps).toEqual(document.steps);
        expect(without.status).toBe(document.status);
        expect(document.nextDueAt).toBeNull();
        expect(document.closedAt).toEqual(new Date(state.ending.at));
      }),
      RUNS,
    );
  });

  it('has data connected only by data after the credential', () => {
    const facts = acceptedFacts();
    const { acts } = runModel(factsAndClock(facts, END_DAY), [dayAt(30), dayAt(39)]);
    expect(acts.some((act) => act.type === 'onboarding.data-connected.v1')).toBe(false);
    expect(acts.at(-1)?.data.status).toBe('EXPIRED');
  });
});
