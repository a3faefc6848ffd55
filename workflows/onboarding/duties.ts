import type { ActCommand } from '../../schemas/api/acts.ts';
import { listed, ROLES_ZH } from '../../schemas/wording.ts';
import type { OnboardingState } from './decider.ts';
import { type Refusal, refusal } from './refusal.ts';
import { engagedProvider } from './view.ts';

type Refuse = (en: string, zh: string) => Refusal;

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
  const refuse: Refuse = (en, zh) => refusal('SEPARATION_OF_DUTIES', en, zh);
  const mayAct = state.programme.mayAct[act] ?? [];
  if (!mayAct.includes(role))
    return mayAct.length === 0
      ? refuse(`programme ${state.programme.version} knows no ${act}`, '这一版项目规则没有这项操作')
      : refuse(
          `a ${role} may not ${act}; ${mayAct.join(' or ')} may`,
          `${ROLES_ZH[role]}不能办理此事，可由${listed(mayAct.map((one) => ROLES_ZH[one]))}办理`,
        );
  if (uscc === undefined) return null;
  if (ABOUT_ONESELF.has(act)) return judgeParty(state, role, uscc, supplierUscc, refuse);
  const interested = new Set<string | undefined>([supplierUscc]);
  for (const { data } of state.facts) {
    interested.add(data.leaderUscc);
    interested.add(data.providerUscc);
  }
  return interested.has(uscc)
    ? refuse(
        'the supplier, its leader and its provider may not decide this',
        '企业本身、其链主和服务商不能决定此事',
      )
    : null;
}

/** Whether somebody who acts as a party to this onboarding is one. */
function judgeParty(
  state: OnboardingState,
  role: string,
  uscc: string,
  supplierUscc: string,
  refuse: Refuse,
): Refusal | null {
  if (role === 'supplier')
    return uscc === supplierUscc
      ? null
      : refuse('only the supplier itself may do this', '只能由该企业自己办理');
  if (role === 'provider')
    return uscc === engagedProvider(state)
      ? null
      : refuse('only the provider that is engaged now may do this', '只能由现任服务商办理');
  if (role === 'leader')
    return state.facts.some(({ data }) => data.leaderUscc === uscc)
      ? null
      : refuse('only a leader of this supplier may do this', '只能由该企业的链主办理');
  return null;
}
