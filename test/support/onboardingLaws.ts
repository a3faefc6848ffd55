import { TERMINAL_STATUSES } from '../../schemas/onboarding.ts';
import { documentOf } from '../../services/onboarding/readModel/document.ts';
import type { OutgoingAct } from '../../workflows/onboarding/activities.contract.ts';
import { fold } from '../../workflows/onboarding/decider.ts';
import { actIdentity, type Fact } from '../../workflows/onboarding/facts.ts';
import { CURRENT_PROGRAMME_VERSION } from '../../workflows/onboarding/programme.ts';

const INVERSE: Readonly<Record<string, string>> = {
  'onboarding.subsidy-reserved.v1': 'onboarding.subsidy-released.v1',
  'onboarding.provider-reserved.v1': 'onboarding.provider-released.v1',
  'onboarding.tenant-created.v1': 'onboarding.tenant-disabled.v1',
  'onboarding.credential-issued.v1': 'onboarding.credential-revoked.v1',
  'onboarding.devices-registered.v1': 'onboarding.devices-removed.v1',
};
/** What may have been done although its reply never came, or was a refusal. */
const MAY_BE_DONE: Readonly<Record<string, string>> = {
  'create-tenant': 'onboarding.tenant-disabled.v1',
  'issue-credential': 'onboarding.credential-revoked.v1',
  'register-devices': 'onboarding.devices-removed.v1',
};
/** What a person was asked to give back stands in its place. */
const ESCALATED: Readonly<Record<string, string>> = {
  'disable-tenant': 'onboarding.tenant-disabled.v1',
  'revoke-credential': 'onboarding.credential-revoked.v1',
  'remove-devices': 'onboarding.devices-removed.v1',
};
const UNDOING = new Set(Object.values(INVERSE));
/** What has to be on record before the system may state the other. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  'onboarding.identity-verified.v1': ['onboarding.registered.v1'],
  'onboarding.subsidy-reserved.v1': ['onboarding.plan-filed.v1', 'onboarding.plan-approved.v1'],
  'onboarding.tenant-created.v1': ['onboarding.plan-approved.v1', 'onboarding.contract-signed.v1'],
  'onboarding.credential-issued.v1': ['onboarding.tenant-created.v1'],
  'onboarding.devices-registered.v1': ['onboarding.credential-issued.v1'],
  'onboarding.data-connected.v1': ['onboarding.devices-registered.v1', 'onboarding.system-deployed.v1'],
  'onboarding.use-sustained.v1': ['onboarding.data-connected.v1'],
};

/**
 * What holds of every onboarding that is over, whatever happened to it and in whatever order. Names the laws that are broken; none where all hold.
 * @param told what came from outside
 * @param acts what was published for it, each once, in order: people's acts and its own
 */
export function brokenLaws(
  told: readonly Fact[],
  acts: readonly OutgoingAct[],
  facts: readonly Fact[],
): string[] {
  return [
    ...oneEnding(acts),
    ...exactInverse(acts),
    ...sameGivenBack(acts),
    ...prerequisites(told, acts, facts),
    ...completeHistory(told, acts, facts),
  ];
}

function oneEnding(acts: readonly OutgoingAct[]): string[] {
  const broken: string[] = [];
  let closing: OutgoingAct | null = null;
  for (const act of acts) {
    if (act.type === 'onboarding.reopened.v1') {
      if (closing === null || act.data.closing !== actIdentity(closing.id))
        broken.push(`${act.id} reopens what is not closed`);
      closing = null;
    } else if (act.type === 'onboarding.closed.v1') {
      if (closing !== null) broken.push(`${act.id} closes what ${closing.id} has closed`);
      if (!(TERMINAL_STATUSES as readonly unknown[]).includes(act.data.status))
        broken.push(`${act.id} ends as ${String(act.data.status)}`);
      closing = act;
    } else if (closing !== null && act.type !== 'onboarding.outcome-measured.v1')
      broken.push(`${act.id} comes after ${closing.id}`);
  }
  if (closing === null) broken.push('it never ended');
  return broken;
}

/** In each round what was taken is given back in reverse, once, and nothing else is; what was accepted keeps it. */
function exactInverse(acts: readonly OutgoingAct[]): string[] {
  const broken: string[] = [];
  let taken: string[] = [];
  let undone: string[] = [];
  for (const act of acts) {
    const inverse = INVERSE[act.type];
    const isMove = act.type === 'onboarding.provider-reserved.v1' && taken.includes(inverse ?? '');
    if (inverse !== undefined && !isMove) taken.push(inverse);
    if (act.type === 'onboarding.provider-released.v1' && act.data.toUscc !== undefined) {
      // Moved to another provider: given back here, taken again by the next act.
      const held = taken.indexOf(act.type);
      if (held < 0) broken.push(`${act.id} lets go of nobody`);
      const next = acts[acts.indexOf(act) + 1];
      if (next?.type !== 'onboarding.provider-reserved.v1' || next.data.providerUscc !== act.data.toUscc)
        broken.push(`${act.id} is not followed by the engagement of the other`);
    } else if (UNDOING.has(act.type as string)) undone.push(act.type);
    const operation = String(act.data.operation ?? '');
    const mayBe = MAY_BE_DONE[operation];
    const isUncertain =
      act.type === 'onboarding.platform-refused.v1' || act.type === 'onboarding.platform-given-up.v1';
    if (isUncertain && mayBe !== undefined) taken.push(mayBe);
    if (act.type === 'onboarding.compensation-escalated.v1') undone.push(ESCALATED[operation] ?? operation);
    if (act.type !== 'onboarding.closed.v1') continue;
    const due = act.data.status === 'ACCEPTED' ? [] : [...taken].reverse();
    if (JSON.stringify(undone) !== JSON.stringify(due))
      broken.push(`${act.id}: given back ${undone.join(' ')} instead of ${due.join(' ')}`);
    if (act.data.status !== 'ACCEPTED') taken = [];
    undone = [];
  }
  return broken;
}

/** What is given back is what was set aside last: the same amount, of the same provider. */
function sameGivenBack(acts: readonly OutgoingAct[]): string[] {
  const broken: string[] = [];
  const held = new Map<string, unknown>();
  for (const { id, type, data } of acts)
    if (type === 'onboarding.subsidy-reserved.v1') held.set('subsidy', data.amountFen);
    else if (type === 'onboarding.provider-reserved.v1') held.set('provider', data.providerUscc);
    else if (type === 'onboarding.subsidy-released.v1' && data.amountFen !== held.get('subsidy'))
      broken.push(`${id} gives back ${data.amountFen} of ${held.get('subsidy')}`);
    else if (type === 'onboarding.provider-released.v1' && data.fromUscc !== held.get('provider'))
      broken.push(`${id} lets go of ${data.fromUscc}, not of ${held.get('provider')}`);
  return broken;
}

function prerequisites(
  told: readonly Fact[],
  acts: readonly OutgoingAct[],
  facts: readonly Fact[],
): string[] {
  const known = new Set<string>(told.map(({ type }) => type));
  const broken: string[] = [];
  for (const act of acts) {
    for (const type of BEFORE[act.type] ?? []) if (!known.has(type)) broken.push(`${act.id} before ${type}`);
    known.add(act.type);
  }
  for (const { definition, doneAt } of fold(facts, CURRENT_PROGRAMME_VERSION).steps.values())
    for (const before of definition.after) {
      const earlier = fold(facts, CURRENT_PROGRAMME_VERSION).steps.get(before)?.doneAt ?? null;
      if (doneAt !== null && (earlier === null || earlier > doneAt))
        broken.push(`${definition.step} done at ${doneAt}, ${before} at ${earlier}`);
    }
  return broken;
}

function completeHistory(
  told: readonly Fact[],
  acts: readonly OutgoingAct[],
  facts: readonly Fact[],
): string[] {
  const key = { supplierUscc: 's', platform: 'p', programme: 'x' };
  const history = documentOf('w', key, facts, []).history.map(({ id }) => id);
  const due = new Set([...told.map(({ id }) => id), ...acts.map(({ id }) => actIdentity(id))]);
  return [
    ...[...due]
      .filter((id) => history.filter((one) => one === id).length !== 1)
      .map((id) => `${id} is not once in the history`),
    ...history.filter((id) => !due.has(id)).map((id) => `${id} is in the history and never happened`),
  ];
}
