import type { ActCommand } from '../../schemas/api/acts.ts';
import type { OnboardingState } from './decider.ts';
import type { Refusal } from './refusal.ts';

/** What a party may do about itself; everything else is decided by somebody without an interest. */
const ABOUT_ONESELF: ReadonlySet<ActCommand['act']> = new Set([
  'self-assess',
  'withdraw',
  'hand-in-evidence',
  'take-remedy',
  'ask-for-help',
  'reassign-provider',
]);

/** Separation of duties: who has an interest in a matter does not decide it. */
export function judgeDuties(state: OnboardingState, command: ActCommand): Refusal | null {
  const { act, actor, supplierUscc } = command;
  const { role, uscc } = actor;
  const refuse = (message: string): Refusal => ({ code: 'SEPARATION_OF_DUTIES', message });
  const mayAct = state.programme.mayAct[act] ?? [];
  if (!mayAct.includes(role))
    return refuse(
      mayAct.length === 0
        ? `programme ${state.programme.version} knows no ${act}`
        : `a ${role} may not ${act}; ${mayAct.join(' or ')} may`,
    );
  if (uscc === undefined) return null;
  if (ABOUT_ONESELF.has(act)) return judgeParty(state, role, uscc, supplierUscc, refuse);
  const interested = new Set<string | undefined>([supplierUscc]);
  for (const { data } of state.facts) {
    interested.add(data.leaderUscc);
    interested.add(data.providerUscc);
  }
  return interested.has(uscc)
    ? refuse('the supplier, its leader and its provider may not decide this')
    : null;
}

/** Whether somebody who acts as a party to this onboarding is one. */
function judgeParty(
  { facts }: OnboardingState,
  role: string,
  uscc: string,
  supplierUscc: string,
  refuse: (message: string) => Refusal,
): Refusal | null {
  if (role === 'supplier')
    return uscc === supplierUscc ? null : refuse('only the supplier itself may do this');
  if (role === 'provider') {
    const provider = facts.findLast(({ data }) => data.providerUscc !== undefined)?.data.providerUscc;
    return uscc === provider ? null : refuse('only the provider that is engaged now may do this');
  }
  if (role === 'leader')
    return facts.some(({ data }) => data.leaderUscc === uscc)
      ? null
      : refuse('only a leader of this supplier may do this');
  return null;
}
