import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Correction, voidedIdentities } from '../../../services/measurement/domain/corrections.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { xorHashes } from '../../../services/measurement/domain/facts.ts';
import {
  type CollectionName,
  foldDocument,
  foldModels,
  READ_MODELS,
  targetsOf,
} from '../../../services/measurement/domain/readModels.ts';
import { testUscc } from '../../support/events.ts';
import { FIRM, fact, stock } from './facts.ts';

const LEADER = testUscc(102);
const start = Date.parse('2024-01-01T00:00:00Z');
const onboarding = { supplierUscc: FIRM, platform: 'iip', programme: 'sme-510100-2023' };

/** Statements that compete for the same documents, at few instants so that ties happen. */
const someFact: fc.Arbitrary<Fact> = fc
  .record({
    id: fc.integer({ min: 0, max: 10_000 }).map(String),
    minute: fc.integer({ min: 0, max: 3 }),
    platform: fc.boolean(),
    amount: fc.integer({ min: 1, max: 1000 }),
    kind: fc.constantFrom(
      'stock',
      'approval',
      'contract',
      'live',
      'used',
      'rated',
      'audited',
      'outcome',
      'closed',
      'reopened',
      'relation',
      'subsidy',
      'plan',
      'held',
      'nominated',
    ),
  })
  .map(({ id, minute, platform, amount, kind }): Fact => {
    const timeMs = start + minute * 60_000;
    const at = new Date(timeMs).toISOString();
    const sourceClass = platform ? ('platform' as const) : ('supplier' as const);
    switch (kind) {
      case 'stock':
        return stock(id, amount % 2 === 0 ? '2024-01' : '2024-02', [amount, amount, amount], {
          timeMs,
          sourceClass,
        });
      case 'approval':
        return fact({
          id,
          timeMs,
          sourceClass: 'chain',
          type: 'procurement.approval-decided.v1',
          data: {
            supplierUscc: FIRM,
            submittedAt: at,
            decidedAt: new Date(timeMs + amount * 1000).toISOString(),
          },
        });
      case 'contract':
        return fact({
          id,
          timeMs,
          type: 'onboarding.contract-signed.v1',
          data: {
            ...onboarding,
            signedOn: `2024-01-0${1 + (amount % 9)}`,
            amountFen: amount,
            currency: 'CNY',
          },
        });
      case 'live':
        return fact({
          id,
          timeMs,
          type: 'onboarding.go-live-confirmed.v1',
          data: { ...onboarding, liveOn: '2024-02-02' },
        });
      case 'used':
        return fact({ id, timeMs, type: 'onboarding.use-sustained.v1', data: onboarding });
      case 'rated':
        return fact({
          id,
          timeMs,
          type: 'onboarding.level-assessed.v1',
          data: { ...onboarding, level: amount % 4 },
        });
      case 'audited':
        return fact({
          id,
          timeMs,
          type: 'onboarding.finance-audited.v1',
          data: { ...onboarding, outcome: amount % 2 ? 'matched' : 'mismatched' },
        });
      case 'outcome':
        return fact({
          id,
          timeMs,
          type: 'onboarding.outcome-measured.v1',
          data: { ...onboarding, isSuperficial: amount % 2 === 1 },
        });
      case 'closed':
        return fact({
          id,
          timeMs,
          type: 'onboarding.closed.v1',
          data: {
            ...onboarding,
            status: amount % 2 ? 'ACCEPTED' : 'FAILED',
            stage: 'LIVE',
            failureReason: null,
          },
        });
      case 'reopened':
        return fact({
          id,
          timeMs,
          type: 'onboarding.reopened.v1',
          data: { ...onboarding, closing: `/supplier/${FIRM}/erp ${amount}` },
        });
      case 'relation':
        return fact({
          id,
          timeMs,
          type: 'relation.declared.v1',
          data: { buyerUscc: LEADER, supplierUscc: FIRM, validFrom: `2024-01-0${1 + (amount % 9)}` },
        });
      case 'held': {
        const held = stock(id, '2024-01', [amount, amount, null], { timeMs, sourceClass: 'chain' });
        return { ...held, data: { ...held.data, stockKind: 'consignment', holderUscc: LEADER } };
      }
      case 'nominated':
        return fact({
          id,
          timeMs,
          sourceClass: 'chain',
          type: amount % 5 === 0 ? 'onboarding.supplier-applied.v1' : 'onboarding.supplier-nominated.v1',
          data: {
            ...onboarding,
            ...(amount % 10 === 0 ? {} : { leaderUscc: testUscc(103 + (amount % 2)) }),
            cityCode: amount % 3 === 0 ? '510100' : '510600',
            industryCode: '3670',
          },
        });
      case 'subsidy':
        return fact({ id, timeMs, type: 'subsidy.paid.v1', data: { ...onboarding, amountFen: amount } });
      default:
        return fact({
          id,
          timeMs,
          firm: null,
          type: 'target.plan-published.v1',
          data: { cityCode: '510100', programme: onboarding.programme, planVersion: 1, targetFirms: amount },
        });
    }
  });

/** Folds facts one by one in the order given, and folds anew where a document cannot decide: as the projector does. */
function incrementally(facts: readonly Fact[]): Record<string, unknown> {
  const documents = new Map<string, unknown>();
  const seen: Fact[] = [];
  for (const one of facts) {
    seen.push(one);
    for (const { collection, id } of targetsOf(one)) {
      const key = `${collection} ${id}`;
      const model = READ_MODELS[collection] as unknown as {
        needsEvents(document: unknown, fact: Fact): boolean;
        add(document: unknown, fact: Fact): unknown;
      };
      const document = documents.get(key) ?? null;
      const next = model.needsEvents(document, one)
        ? foldDocument(collection, id, seen)
        : model.add(document, one);
      documents.set(key, next);
    }
  }
  return Object.fromEntries(documents);
}

function atOnce(facts: readonly Fact[]): Record<string, unknown> {
  const models = foldModels(facts);
  const entries = (Object.keys(models) as CollectionName[]).flatMap((name) =>
    [...models[name]].map(([id, document]) => [`${name} ${id}`, document] as const),
  );
  return Object.fromEntries(entries);
}

const uniqueFacts = fc.uniqueArray(someFact, { selector: ({ identity }) => identity, maxLength: 24 });

describe('read models', () => {
  it('do not depend on the order of arrival', () => {
    fc.assert(
      fc.property(
        uniqueFacts.chain((facts) =>
          fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length })),
        ),
        ([facts, shuffled]) => {
          expect(incrementally(shuffled)).toEqual(atOnce(facts));
        },
      ),
    );
  });

  it('can be told from the events by count and hash, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[0-9a-f]{32}$/), { maxLength: 8 }), (hashes) => {
        const zero = '0'.repeat(32);
        const forwards = hashes.reduce(xorHashes, zero);
        expect([...hashes].reverse().reduce(xorHashes, zero)).toBe(forwards);
        expect(hashes.reduce(xorHashes, forwards)).toBe(zero);
      }),
    );
  });
});

describe('corrections', () => {
  const correction = (id: string, target: string, timeMs: number): Correction => ({
    _id: id,
    target,
    timeMs,
    action: 'void',
  });

  it('take their target back', () => {
    expect(voidedIdentities([correction('c', 'e', 1)])).toEqual(new Set(['e']));
  });

  it('stand no longer when a later correction takes them back', () => {
    expect(voidedIdentities([correction('c', 'e', 1), correction('d', 'c', 2)])).toEqual(new Set(['c']));
    expect(
      voidedIdentities([correction('c', 'e', 1), correction('d', 'c', 2), correction('f', 'd', 3)]),
    ).toEqual(new Set(['e', 'd']));
  });

  it('cannot be taken back by an earlier one, so there is no circle', () => {
    expect(voidedIdentities([correction('c', 'd', 2), correction('d', 'c', 1)])).toEqual(new Set(['d']));
  });

  it('may take each other back ten thousand times over', () => {
    const chain = Array.from({ length: 10_001 }, (_, n) =>
      correction(`c${n}`, n === 0 ? 'e' : `c${n - 1}`, n),
    );
    expect(voidedIdentities(chain).has('e')).toBe(true);
    expect(voidedIdentities(chain.slice(0, -1)).has('e')).toBe(false);
  });

  it('do not depend on their order', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const one = fc.record({
      _id: name,
      target: name,
      timeMs: fc.nat({ max: 3 }),
      action: fc.constant('void'),
    });
    fc.assert(
      fc.property(fc.uniqueArray(one, { selector: ({ _id }) => _id }), (corrections) => {
        expect(voidedIdentities([...corrections].reverse())).toEqual(voidedIdentities(corrections));
      }),
    );
  });
});
