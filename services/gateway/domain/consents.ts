import { type DelegationWord, holdsOn } from '../../../schemas/delegation.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { CONSENT_SCOPES, type ConsentScope } from '../../../schemas/events/consent.ts';
import { bilingual } from '../../../schemas/wording.ts';

/** Delegation is one yes or no; it is kept as a scope of its own. */
export const ACTING = 'acting';
type KeptScope = ConsentScope | typeof ACTING;

interface Said extends DelegationWord {
  readonly timeMs: number;
  /** Identity of the event; it decides between two of the same instant. */
  readonly identity: string;
}

/** What a supplier last said to one leader or provider, scope by scope; collection `consents`. */
export interface ConsentDocument {
  /** `<kind>/<supplier>/<grantee>` */
  readonly _id: string;
  readonly kind: 'consent' | 'delegation';
  readonly supplierUscc: string;
  readonly granteeUscc: string;
  readonly said: Readonly<Partial<Record<KeptScope, Said>>>;
}

export interface ConsentEvent {
  readonly type: string;
  readonly identity: string;
  readonly time: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

export const CONSENT_TYPES: readonly string[] = [
  'consent.granted.v1',
  'consent.withdrawn.v1',
  'delegation.granted.v1',
  'delegation.withdrawn.v1',
];

/** The document that an event belongs to. */
export function consentIdOf({ type, data }: ConsentEvent): string {
  const kind = type.startsWith('consent.') ? 'consent' : 'delegation';
  return `${kind}/${data.supplierUscc}/${kind === 'consent' ? data.leaderUscc : data.providerUscc}`;
}

/** Takes in one event. What stands is what was said last, whatever the order of arrival. */
export function addToConsent(document: ConsentDocument | null, event: ConsentEvent): ConsentDocument {
  const id = consentIdOf(event);
  const [kind = '', supplierUscc = '', granteeUscc = ''] = id.split('/');
  const granted = event.type.endsWith('.granted.v1');
  const scopes = kind === 'consent' ? (event.data.scopes as ConsentScope[]) : ([ACTING] as const);
  const { validUntil } = event.data;
  const until = granted && typeof validUntil === 'string' ? { validUntil } : {};
  const said: Partial<Record<KeptScope, Said>> = { ...document?.said };
  for (const scope of scopes) {
    const next = { timeMs: event.time.getTime(), identity: event.identity, granted, ...until };
    const before = said[scope];
    const isLater =
      before === undefined ||
      next.timeMs > before.timeMs ||
      (next.timeMs === before.timeMs && next.identity > before.identity);
    if (isLater) said[scope] = next;
  }
  const sorted = Object.fromEntries(Object.entries(said).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    _id: id,
    kind: kind === 'consent' ? 'consent' : 'delegation',
    supplierUscc,
    granteeUscc,
    said: sorted,
  };
}

/** The scopes that are granted now. */
export const grantedScopes = ({ said }: Pick<ConsentDocument, 'said'>): ConsentScope[] =>
  CONSENT_SCOPES.filter((scope) => said[scope]?.granted === true);

/** Whether a delegation holds on a day (Asia/Shanghai); its last day is included. */
export const isDelegated = ({ said }: Pick<ConsentDocument, 'said'>, day: string): boolean =>
  holdsOn(said[ACTING], day);

/**
 * Refuses a delegation that could never hold. One whose last day is over would end an earlier one without saying so: a delegation ends
 * by its last day or by being withdrawn.
 * @param today in Asia/Shanghai
 * @throws ChainlightError BAD_INPUT
 */
export function requireMeaningful(
  grant: { readonly supplier: string; readonly provider: string; readonly validUntil?: string | undefined },
  today: string,
): void {
  const refuse = (field: string, message: string, zh: string): never => {
    throw new ChainlightError('BAD_INPUT', bilingual(`${field}: ${message}`, zh), {
      fields: [{ field, message }],
    });
  };
  if (grant.provider === grant.supplier)
    refuse('provider', 'is the supplier itself, which needs no delegation', '服务商就是企业自己，不需要委托');
  if (grant.validUntil !== undefined && grant.validUntil < today)
    refuse(
      'validUntil',
      `${grant.validUntil} is over (today is ${today}); to end a delegation, withdraw it`,
      `${grant.validUntil} 已经过去（今天是 ${today}）；要结束委托，请撤回`,
    );
}

export const validUntilOf = ({ said }: Pick<ConsentDocument, 'said'>): string | null =>
  said[ACTING]?.validUntil ?? null;

/** When anything was last said. */
export const changedAtOf = ({ said }: Pick<ConsentDocument, 'said'>): Date =>
  new Date(Math.max(0, ...Object.values(said).map((one) => one?.timeMs ?? 0)));
