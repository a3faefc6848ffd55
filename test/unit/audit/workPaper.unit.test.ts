import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUDIT_CHECKS } from '../../../schemas/events/audit.ts';
import {
  type PaperAct,
  type PaperCommand,
  paperOf,
  requireTakes,
} from '../../../services/audit/domain/workPaper.ts';

const done = { at: '2025-07-01T08:00:00.000Z', actor: { name: 'Li', role: 'financial-auditor' } } as const;
const checked = (
  check: (typeof AUDIT_CHECKS)[number],
  outcome: 'passed' | 'failed' | 'not-applicable' = 'passed',
): PaperAct => ({
  kind: 'checked',
  check,
  outcome,
  comment: outcome === 'failed' ? 'no invoice' : null,
  ...done,
});
const closed = (result: 'sound' | 'faulty'): PaperAct => ({
  kind: 'closed',
  result,
  comment: 'seen',
  ...done,
});
const reopened: PaperAct = { kind: 'reopened', reason: 'another look', ...done };
const allPassed = AUDIT_CHECKS.map((check) => checked(check));
const attached: PaperCommand = {
  ...{ kind: 'attached', check: 'in-use', sha256: 'a'.repeat(64) },
  ...{ fileName: 'x.png', mediaType: 'image/png', sizeBytes: 3 },
};

const refusalOf = (acts: readonly PaperAct[], command: PaperCommand): unknown => {
  try {
    requireTakes(paperOf(acts), command);
    return null;
  } catch (error) {
    return error;
  }
};

describe('a work-paper', () => {
  it('lets the latest act on a check stand and keeps the earlier ones', () => {
    const paper = paperOf([checked('in-use', 'failed'), checked('level-true'), checked('in-use')]);
    expect(paper.checks.find(({ check }) => check === 'in-use')?.standing?.outcome).toBe('passed');
    expect(paper.checks.find(({ check }) => check === 'papers-match')?.standing).toBeNull();
    expect(paper.history).toHaveLength(3);
    expect(paper).toMatchObject({ status: 'open', result: null });
  });

  it('is closed only when all has been checked, and never as sound with a failed check', () => {
    const sound: PaperCommand = { kind: 'closed', result: 'sound', comment: null };
    const faulty: PaperCommand = { kind: 'closed', result: 'faulty', comment: 'no invoice' };
    expect(refusalOf(allPassed.slice(1), sound)).toMatchObject({ code: 'WORK_PAPER_STATE' });
    expect(refusalOf(allPassed, sound)).toBeNull();
    const failed = [...allPassed, checked('in-use', 'failed')];
    expect(refusalOf(failed, sound)).toMatchObject({ code: 'WORK_PAPER_STATE' });
    expect(refusalOf(failed, faulty)).toBeNull();
    expect(refusalOf(failed, { ...faulty, comment: null })).toMatchObject({ code: 'BAD_INPUT' });
  });

  it('takes nothing once it is closed but its reopening, after which it has no result', () => {
    const acts = [...allPassed, closed('sound')];
    const again: PaperCommand = { kind: 'checked', check: 'in-use', outcome: 'passed', comment: null };
    for (const command of [again, attached, { kind: 'closed', result: 'faulty', comment: 'x' } as const])
      expect(refusalOf(acts, command), command.kind).toMatchObject({ code: 'WORK_PAPER_STATE' });
    const reopening: PaperCommand = { kind: 'reopened', reason: 'another look' };
    expect(refusalOf(acts, reopening)).toBeNull();
    expect(refusalOf(allPassed, reopening)).toMatchObject({ code: 'WORK_PAPER_STATE' });
    expect(paperOf([...acts, reopened])).toMatchObject({ status: 'open', result: null });
    expect(refusalOf([...acts, reopened], again)).toBeNull();
  });

  it('wants a reason for a failed check', () => {
    const failed: PaperCommand = { kind: 'checked', check: 'in-use', outcome: 'failed', comment: null };
    expect(refusalOf([], failed)).toMatchObject({ code: 'BAD_INPUT' });
    expect(refusalOf([], { ...failed, comment: 'switched off' })).toBeNull();
  });

  it('is closed exactly while its last closing or reopening is a closing', () => {
    const act = fc.constantFrom<PaperAct>(checked('in-use'), closed('sound'), closed('faulty'), reopened);
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        const last = acts.filter(({ kind }) => kind === 'closed' || kind === 'reopened').at(-1);
        const paper = paperOf(acts);
        expect(paper.result).toBe(last?.kind === 'closed' ? last.result : null);
        expect(paper.status).toBe(paper.result === null ? 'open' : 'closed');
      }),
    );
  });
});
