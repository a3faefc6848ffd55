import { describe, expect, it } from 'vitest';
import type { OnboardingStatus } from '../../../schemas/onboarding.ts';
import { asOneLetter, isStillDue, lateSubjectOf } from '../../../services/onboarding/domain/lateLetters.ts';

const DEADLINE = '2024-03-04T16:00:00.000Z';
const reminderOf = (rung: number) =>
  lateSubjectOf('onboarding.reminder-sent.v1', 'w', { step: 'TRAINED', rung, deadline: DEADLINE });
const standing = (
  state: string,
  deadline: string | null = DEADLINE,
  status: OnboardingStatus = 'ACTIVE',
) => ({
  status,
  steps: [{ step: 'TRAINED', state, deadline }],
});

describe('a letter that is late', () => {
  it('goes out while its step is open under the deadline that it names', () => {
    const subject = reminderOf(1);
    if (subject === null) throw new Error('a reminder may come late');
    expect(isStillDue(subject, standing('WAITING_ON'))).toBe(true);
    expect(isStillDue(subject, standing('IN_PROGRESS', '2024-03-05T00:00:00.000+08:00'))).toBe(true);
    for (const state of ['DONE', 'SKIPPED', 'FAILED'])
      expect(isStillDue(subject, standing(state))).toBe(false);
    expect(isStillDue(subject, standing('WAITING_ON', '2024-04-01T00:00:00.000Z'))).toBe(false);
    expect(isStillDue(subject, standing('WAITING_ON', DEADLINE, 'EXPIRED'))).toBe(false);
    expect(isStillDue(subject, null)).toBe(false);
  });

  it('about the onboarding as a whole goes out while that goes on; one about a return as long as the step is open', () => {
    const expiry = lateSubjectOf('onboarding.expiry-announced.v1', 'w', { closesAt: DEADLINE });
    expect(expiry && isStillDue(expiry, standing('DONE'))).toBe(true);
    expect(expiry && isStillDue(expiry, standing('DONE', null, 'ACCEPTED'))).toBe(false);
    const returned = lateSubjectOf('onboarding.step-returned.v1', 'w', { step: 'TRAINED' });
    expect(returned && isStillDue(returned, standing('WAITING_ON', null))).toBe(true);
    expect(returned && isStillDue(returned, standing('DONE', null))).toBe(false);
  });

  it('is one for each recipient, step and deadline, however many rungs have passed', () => {
    const idOf = (rung: number, party: string) => {
      const subject = reminderOf(rung);
      return (
        subject &&
        asOneLetter({ id: `${rung} → ${party}`, party, template: 'reminder', words: {} }, subject).id
      );
    };
    expect(idOf(1, 'supplier/x')).toBe(idOf(3, 'supplier/x'));
    expect(idOf(1, 'supplier/x')).not.toBe(idOf(1, 'leader/x'));
  });

  it('is none about an ending or an invitation', () => {
    expect(lateSubjectOf('onboarding.closed.v1', 'w', {})).toBeNull();
    expect(lateSubjectOf('invitation.issued.v1', 'w', {})).toBeNull();
  });
});
