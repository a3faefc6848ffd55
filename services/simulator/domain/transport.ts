import { addMonths } from '../../../schemas/time.ts';
import { addDays, monthStart, periodOfMs } from './calendar.ts';
import type { Arrival } from './invalid.ts';
import { type Fact, recordOf } from './outbox.ts';
import { type RandomStream, randomStream } from './random.ts';

/** What happens to facts on their way: delay, repetition, contradiction, correction. Fixed shares, by chance of the seed. */

const SLOW_SHARE = 0.08;
const SLOW_DAYS = 14;
const DUPLICATE_SHARE = 0.01;
const CONFLICT_SHARE = 0.0012;
const REPLACED_SHARE = 0.002;
const VOIDED_SHARE = 0.002;
const HOUR_DAYS = 1 / 24;

/** A field of some types that a repetition under the same identity may contradict. */
const CONTRADICTED: Partial<Record<Fact['type'], string>> = {
  'cost.reported.v1': 'processingCostFen',
  'revenue.reported.v1': 'purchasesFen',
  'order.placed.v1': 'amountFen',
};

/**
 * The arrivals that a fact leads to. Repetitions and contradictions come after it under the same key, so that their
 * verdict does not depend on anything else.
 * @param isPlain whether it only arrives, once (what may be parked is neither repeated nor contradicted)
 */
export function arrivalsOf(seed: number, fact: Fact, isPlain: boolean): Arrival[] {
  const random = randomStream(seed, `transport/${fact.source}/${fact.id}`);
  const arrivesAtMs = arrivalOf(fact, random);
  const luck = [random.uniform(), random.uniform(), random.uniform()] as const;
  const laterMs = addDays(arrivesAtMs, random.between(0.001, 5));
  if (isPlain) return [{ arrivesAtMs, record: recordOf(fact) }];

  const corrected = correctedOf(fact, luck[0], arrivesAtMs);
  if (corrected !== null) return corrected;
  const first: Arrival = { arrivesAtMs, record: recordOf(fact) };
  const field = CONTRADICTED[fact.type];
  if (field !== undefined && luck[1] < CONFLICT_SHARE) {
    const data = { ...fact.data, [field]: Number(fact.data[field]) + 100 };
    return [first, { arrivesAtMs: laterMs, record: recordOf({ ...fact, data }, 'conflicts') }];
  }
  if (luck[2] < DUPLICATE_SHARE)
    return [first, { arrivesAtMs: laterMs, record: { ...first.record, expect: 'duplicates' } }];
  return [first];
}

function arrivalOf(fact: Fact, random: RandomStream): number {
  const { delivery, timeMs } = fact;
  if (typeof delivery === 'object') return delivery.arrivesAtMs;
  switch (delivery) {
    case 'none':
      return timeMs;
    case 'prompt': {
      const lastOfMonth = monthStart(addMonths(periodOfMs(timeMs), 1)) - 1000;
      return Math.min(addDays(timeMs, random.between(HOUR_DAYS, 1.2)), lastOfMonth);
    }
    case 'steady':
      return random.chance(SLOW_SHARE)
        ? addDays(timeMs, random.between(1, SLOW_DAYS))
        : addDays(timeMs, random.between(HOUR_DAYS, 20 * HOUR_DAYS));
    default: {
      const unknown: never = delivery;
      return unknown;
    }
  }
}

/** Costs booked ten times too high and put right two days later, receipts taken back; null where nothing was wrong. */
function correctedOf(fact: Fact, luck: number, arrivesAtMs: number): Arrival[] | null {
  const correction = (data: Record<string, unknown>, timeMs: number): Fact => ({
    ...fact,
    id: `${fact.id}-UA`,
    type: 'correction.declared.v1',
    timeMs,
    data: { correctedId: fact.id, ...data },
  });
  const laterMs = addDays(fact.timeMs, 2);
  const after = Math.max(addDays(arrivesAtMs, 0.01), laterMs);
  if (fact.type === 'cost.reported.v1' && luck < REPLACED_SHARE) {
    const wrong = { ...fact.data, processingCostFen: Number(fact.data.processingCostFen) * 10 };
    const replacementId = `${fact.id}-B`;
    const reason = '反审核：加工费多录一位';
    return [
      { arrivesAtMs, record: recordOf({ ...fact, data: wrong }) },
      { arrivesAtMs: after, record: recordOf({ ...fact, id: replacementId, timeMs: laterMs }) },
      {
        arrivesAtMs: after + 1000,
        record: recordOf(correction({ action: 'replace', replacementId, reason }, laterMs)),
      },
    ];
  }
  if (fact.type === 'goods.received.v1' && luck < VOIDED_SHARE && fact.delivery !== 'none')
    return [
      { arrivesAtMs, record: recordOf(fact) },
      {
        arrivesAtMs: after,
        record: recordOf(correction({ action: 'void', reason: '收货单作废：送错仓库' }, laterMs)),
      },
    ];
  return null;
}
