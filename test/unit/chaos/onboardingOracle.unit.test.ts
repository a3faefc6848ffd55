import { expect, it } from 'vitest';
import { identityOf } from '../../../schemas/envelope.ts';
import { type Fact, factOf } from '../../../workflows/onboarding/facts.ts';
import { expectedOnboardings } from '../../chaos/onboardingOracle.ts';
import { iso, LAST_MS } from '../../chaos/population.ts';
import { chaosStream } from '../../chaos/stream.ts';
import type { SentEvent } from '../../chaos/topicRecord.ts';
import { runModel } from '../../support/onboardingModel.ts';

/** What the sent records say, each identity once, garbage left out. */
function eventsOf(seed: number): SentEvent[] {
  const events = new Map<string, SentEvent>();
  for (const { value } of chaosStream(seed, 3_000).records) {
    if (typeof value !== 'string' || !/"type":"(onboarding|correction|energy)\./.test(value)) continue;
    let event: { source: string; id: string; type: string; time: string; data: Record<string, unknown> };
    try {
      event = JSON.parse(value);
    } catch {
      continue;
    }
    const { source, id, type, data } = event;
    const identity = identityOf(source, id);
    events.set(identity, { identity, source, id, type, timeMs: Date.parse(event.time), data, content: '' });
  }
  return [...events.values()];
}

it('the oracle and the decider agree on how every story of twenty seeds ends', () => {
  const statuses = new Map<string, number>();
  let corrected = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const events = eventsOf(seed);
    for (const [firm, expected] of expectedOnboardings(events, LAST_MS)) {
      const about = events.filter(
        ({ type, data }) => type.startsWith('onboarding.') && data.supplierUscc === firm,
      );
      for (let grew = true; grew; ) {
        const more = events.filter(
          (event) =>
            event.type === 'correction.declared.v1' &&
            !about.includes(event) &&
            about.some(({ source, id }) => source === event.source && id === event.data.correctedId),
        );
        about.push(...more);
        corrected += more.length;
        grew = more.length > 0;
      }
      const facts = about.map(
        ({ identity, type, timeMs, id, data }): Fact =>
          factOf({ id: identity, type: type as Fact['type'], time: iso(timeMs), correlationId: id, data }),
      );
      const dataTimes = events
        .filter(({ source }) => source.startsWith('/platform/') && source.endsWith(firm))
        .map(({ timeMs }) => iso(timeMs));
      const { state } = runModel(
        [...facts.map((fact) => ({ kind: 'fact' as const, fact })), { kind: 'clock', at: iso(LAST_MS) }],
        dataTimes,
      );
      const status = state.status === 'CLOSED' ? state.ending.status : 'ACTIVE';
      const closedAtMs = state.status === 'CLOSED' ? Date.parse(state.ending.at) : null;
      expect({ seed, firm, status, closedAtMs }).toEqual({ seed, firm, ...expected });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  }
  expect([...statuses.keys()].sort()).toEqual(
    ['ACCEPTED', 'ACTIVE', 'DECLINED', 'EXPIRED', 'FAILED', 'WITHDRAWN'].sort(),
  );
  expect(corrected).toBeGreaterThan(50);
});
