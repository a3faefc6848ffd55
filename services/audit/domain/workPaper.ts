import { ChainlightError } from '../../../schemas/errors.ts';
import type { Actor } from '../../../schemas/events/acts.ts';
import { AUDIT_CHECKS, type AuditCheck, type CHECK_OUTCOMES } from '../../../schemas/events/audit.ts';
import { bilingual, CHECKS_ZH, listed } from '../../../schemas/wording.ts';

export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

interface Done {
  /** Business time, ISO. */
  readonly at: string;
  readonly actor: Actor;
}

interface FileOfCheck {
  readonly check: AuditCheck;
  readonly sha256: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
}
export type AttachedFile = FileOfCheck & Done;

/** What somebody may do on a work-paper. */
export type PaperCommand =
  | {
      readonly kind: 'checked';
      readonly check: AuditCheck;
      readonly outcome: CheckOutcome;
      readonly comment: string | null;
    }
  | ({ readonly kind: 'attached' } & FileOfCheck)
  | { readonly kind: 'closed'; readonly result: 'sound' | 'faulty'; readonly comment: string | null }
  | { readonly kind: 'reopened'; readonly reason: string };
export type PaperAct = PaperCommand & Done;

export interface CheckState {
  readonly check: AuditCheck;
  /** The latest; null before a first. */
  readonly standing: Extract<PaperAct, { kind: 'checked' }> | null;
  readonly files: readonly AttachedFile[];
}

/** A work-paper as its acts have left it. */
export interface PaperState {
  readonly status: 'open' | 'closed';
  readonly result: 'sound' | 'faulty' | null;
  readonly checks: readonly CheckState[];
  readonly history: readonly PaperAct[];
}

/** Folds the acts on one work-paper, in the order in which they count. */
export function paperOf(acts: readonly PaperAct[]): PaperState {
  const last = acts.findLast(({ kind }) => kind === 'closed' || kind === 'reopened');
  const result = last?.kind === 'closed' ? last.result : null;
  return {
    status: result === null ? 'open' : 'closed',
    result,
    checks: AUDIT_CHECKS.map((check) => ({
      check,
      standing: acts.filter((act) => act.kind === 'checked').findLast((act) => act.check === check) ?? null,
      files: acts
        .filter((act) => act.kind === 'attached')
        .filter((act) => act.check === check)
        .map(({ kind: _, ...file }) => file),
    })),
    history: acts,
  };
}

/**
 * Whether a work-paper takes an act now: a closed one only its reopening; closing needs every check, and a failed check makes the
 * file faulty.
 * @throws ChainlightError WORK_PAPER_STATE, BAD_INPUT
 */
export function requireTakes(paper: PaperState, act: PaperCommand): void {
  switch (act.kind) {
    case 'checked':
      if (paper.status === 'closed') throw refusal('the work-paper is closed', '底稿已办结');
      if (act.outcome === 'failed' && act.comment === null)
        throw missing('a failed check needs a comment that says why', '核对不通过须写明原因');
      break;
    case 'attached':
      if (paper.status === 'closed') throw refusal('the work-paper is closed', '底稿已办结');
      break;
    case 'closed':
      requireClosable(paper, act);
      break;
    case 'reopened':
      if (paper.status === 'open') throw refusal('the work-paper is open', '底稿还在核对中');
      break;
    default:
      act satisfies never;
  }
}

function requireClosable(paper: PaperState, act: Extract<PaperCommand, { kind: 'closed' }>): void {
  if (paper.status === 'closed') throw refusal('the work-paper is closed already', '底稿已经办结');
  const open = paper.checks.filter(({ standing }) => standing === null);
  if (open.length > 0)
    throw refusal(
      `not checked yet: ${open.map(({ check }) => check).join(', ')}`,
      `还没有核对：${checksZh(open)}`,
    );
  const failed = paper.checks.filter(({ standing }) => standing?.outcome === 'failed');
  if (act.result === 'sound' && failed.length > 0)
    throw refusal(
      `a file with a failed check is not sound: ${failed.map(({ check }) => check).join(', ')}`,
      `有核对不通过，不能判为属实：${checksZh(failed)}`,
    );
  if (act.result === 'faulty' && act.comment === null)
    throw missing('a faulty file needs a comment that says why', '判为不实须写明原因');
}

const checksZh = (checks: readonly { readonly check: AuditCheck }[]): string =>
  listed(checks.map(({ check }) => CHECKS_ZH[check]));

const refusal = (en: string, zh: string): ChainlightError =>
  new ChainlightError('WORK_PAPER_STATE', bilingual(en, zh));
const missing = (message: string, zh: string): ChainlightError =>
  new ChainlightError('BAD_INPUT', bilingual(`comment: ${message}`, zh), {
    fields: [{ field: 'comment', message }],
  });
