import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PageModel } from '../../../schemas/api/page.ts';
import { DeclareRelation, RegisterLeader } from '../../../schemas/api/registry.ts';
import { ChainlightError, isChainlightError } from '../../../schemas/errors.ts';
import { funnelOf, type OnboardingFacts } from '../../../services/gateway/domain/funnel.ts';
import { type PageSources, pageModelOf } from '../../../services/gateway/domain/pageModel.ts';
import { leaderRegistered, saysTheSame } from '../../../services/gateway/domain/registration.ts';
import { cityRows } from '../../../services/gateway/domain/summaries.ts';
import { parseInput, problemOf } from '../../../services/gateway/problem.ts';
import { actorOf } from '../../../services/gateway/routes/bureau.ts';
import { linesOf } from '../../../services/runtime/lines.ts';
import { LEADER, LEADER_SOURCE, testUscc } from '../../support/events.ts';

const NOW = new Date('2025-01-01T00:00:00Z');
const EMPTY: PageSources = {
  simulated: false,
  watermark: null,
  verdicts: [],
  onboardings: [],
  targets: null,
  chains: null,
  claims: null,
};
const figure = (figureId: string) => ({
  figureId,
  before: 4,
  after: 5,
  change: 0.25,
  firms: 3,
  reason: null,
});

describe('the page model', () => {
  it('of nothing is a page of empty parts with reasons, not of zeros', () => {
    const page = PageModel.parse(pageModelOf(EMPTY));
    expect(page.targets).toEqual({ state: 'empty', reason: 'NOT_COMPUTED_YET' });
    expect(page.funnel).toEqual({ state: 'empty', reason: 'NOTHING_REPORTED' });
    expect(page.businessTime.at).toBeNull();
  });

  it('leads from each figure to what it rests on, and sorts cities by how far they are behind', () => {
    const city = (code: string, done: number, status: string) => ({
      code,
      name: code,
      regionClass: 'west',
      target: 100,
      done,
      status,
      figureId: `target/${code}`,
    });
    const asOf = new Date('2024-06-30T00:00:00Z');
    const page = PageModel.parse(
      pageModelOf({
        ...EMPTY,
        // Marked by other thresholds than the default ones: the page shows the marks and makes none.
        targets: {
          asOf,
          cities: [
            city('510100', 120, 'reached'),
            city('510700', 10, 'lagging'),
            city('510300', 29, 'on-track'),
          ],
        },
        chains: {
          asOf,
          chains: [
            {
              leaderUscc: LEADER,
              name: 'L',
              leader: figure('turns/L/leader'),
              suppliers: figure('turns/L/suppliers'),
              others: figure('turns/L/others'),
              chain: figure('turns/L/chain'),
            },
          ],
        },
      }),
    );
    if (page.targets.state !== 'ready' || page.chains.state !== 'ready') throw new Error('not ready');
    expect(page.targets.cities.map((row) => [row.code, row.status])).toEqual([
      ['510700', 'lagging'],
      ['510300', 'on-track'],
      ['510100', 'reached'],
    ]);
    expect(page.targets).toMatchObject({ target: 300, done: 159, critical: 0, lagging: 1 });
    const untargeted = { ...city('210200', 7, 'no-target'), target: null };
    const among = { asOf, cities: [city('510100', 50, 'on-track'), untargeted] };
    const targets = PageModel.parse(pageModelOf({ ...EMPTY, targets: among })).targets;
    expect(targets).toMatchObject({ target: 100, done: 50, share: 0.5 });
    expect(targets).toMatchObject({ cities: [{ target: 100 }, { target: null, share: null }] });
    expect(cityRows(among).cities[1]).toMatchObject({ target: null, done: 7, share: null });
    const none = pageModelOf({ ...EMPTY, targets: { asOf, cities: [untargeted] } }).targets;
    expect(none).toMatchObject({ target: null, done: 0, share: null });
    expect(page.chains.chains[0]?.parts.map((part) => part.explain.figureId)).toEqual([
      'turns/L/leader',
      'turns/L/suppliers',
      'turns/L/others',
      'turns/L/chain',
    ]);
  });

  it('says that a summary cannot be read rather than showing a part of it', () => {
    expect(pageModelOf({ ...EMPTY, claims: { asOf: NOW, claims: [{ id: 1 }] } }).claims).toEqual({
      state: 'empty',
      reason: 'NOT_READABLE',
    });
  });
});

describe('the funnel', () => {
  const facts: OnboardingFacts[] = [
    { status: 'ACCEPTED', stage: 'ACCEPTED', failureReason: null },
    { status: 'ACTIVE', stage: 'CONTRACTED', failureReason: null },
    { status: 'FAILED', stage: 'CONTRACTED', failureReason: { group: 'DARE_NOT', cause: 'CASH' } },
    { status: 'EXPIRED', stage: 'NOMINATED', failureReason: null },
  ];

  it('accounts for every onboarding at every stage', () => {
    const funnel = funnelOf(facts);
    if (funnel.state !== 'ready') throw new Error('not ready');
    for (const row of funnel.stages)
      expect(row.done + row.open + row.failed + row.withdrawn + row.declined + row.expired).toBe(row.entered);
    expect(funnel.stages.find((row) => row.stage === 'CONTRACTED')).toMatchObject({
      entered: 3,
      done: 1,
      open: 1,
      failed: 1,
    });
    expect(funnel.failures.map(({ group, share }) => [group, share])).toEqual([
      ['DARE_NOT', 0.5],
      ['UNSTATED', 0.5],
    ]);
  });
});

describe('registration', () => {
  const command = { uscc: LEADER, name: 'L', sources: [LEADER_SOURCE, LEADER_SOURCE] };

  it('has the same id for the same content, and recognises a repetition', () => {
    const first = leaderRegistered(command, NOW);
    expect(leaderRegistered({ ...command, sources: [LEADER_SOURCE] }, NOW)).toEqual(first);
    const later = leaderRegistered(command, new Date('2025-02-01T00:00:00Z'));
    expect(later.id).not.toBe(first.id);
    expect(saysTheSame(first, later)).toBe(true);
    expect(saysTheSame(first, leaderRegistered({ ...command, name: 'M' }, NOW))).toBe(false);
  });

  it('names what does not fit', () => {
    expect(() => parseInput(RegisterLeader, { ...command, sources: ['/supplier/x/erp'] })).toThrow(
      /cannot speak for this leader/,
    );
    expect(() =>
      parseInput(DeclareRelation, { leader: LEADER, supplier: LEADER, from: '2024-01-01' }),
    ).toThrow(/must differ/);
    try {
      parseInput(RegisterLeader, { ...command, uscc: 'IOSVZ' });
      expect.unreachable();
    } catch (error) {
      expect(isChainlightError(error) && error.code).toBe('BAD_INPUT');
    }
  });
});

describe('problem documents', () => {
  it('take all but the message from the catalogue', () => {
    expect(problemOf(new ChainlightError('NOT_FOUND', 'gone', { id: 7 }), 'r1')).toMatchObject({
      type: 'urn:chainlight:error:NOT_FOUND',
      status: 404,
      detail: 'gone',
      instance: 'urn:chainlight:request:r1',
      details: { id: 7 },
    });
  });
});

describe('lines of a file', () => {
  const read = async (chunks: readonly Buffer[], maxBytes = 1_000) => {
    const lines: (string | 'too-long')[] = [];
    for await (const line of linesOf(Readable.from(chunks), maxBytes))
      lines.push(line === 'too-long' ? line : line.toString('latin1'));
    return lines;
  };

  it('are the same however the bytes are cut', async () => {
    const text = fc
      .array(fc.constantFrom('a', '\n', '\r', 'é'), { maxLength: 40 })
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(80)), async (whole, cuts) => {
        const bytes = Buffer.from(whole, 'utf8');
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        const expected = bytes.toString('latin1').split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(await read(chunks)).toEqual(expected);
      }),
    );
  });

  it('that are too long are told, not kept', async () => {
    expect(await read([Buffer.from('ab\nabcd'), Buffer.from('ef\nx')], 3)).toEqual(['ab', 'too-long', 'x']);
  });
});

describe('who answers a finding', () => {
  const [first, second] = [testUscc(1), testUscc(2)];
  const group = { subject: 's', name: 'Li', tenancy: { role: 'supplier' as const, firms: [first, second] } };

  it('is, of several firms that a sign-in speaks for, the one that it concerns', () => {
    expect(actorOf(group, [second, '510100'])).toEqual({ name: 'Li', role: 'supplier', uscc: second });
    expect(actorOf(group)).toEqual({ name: 'Li', role: 'supplier', uscc: first });
  });
});
