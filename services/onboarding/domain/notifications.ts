import { PARTIES, type Party } from '../../../schemas/onboarding.ts';
import { dateOf } from '../../../schemas/time.ts';
import { STEPS_ZH } from '../../../schemas/wording.ts';
import { type Locale, TEMPLATES, type TemplateName } from './templates.ts';

/** Somebody is to be told something. */
export interface Notification {
  /** Deterministic: the event and the recipient. */
  readonly id: string;
  /** Whom: `supplier/<USCC>`, `leader/<USCC>`, `bureau/<region code>`, `provider/<USCC>`, `platform/<id>`. */
  readonly party: string;
  readonly template: TemplateName;
  readonly words: Readonly<Record<string, string>>;
}

/** An event with what is known of its onboarding. */
export interface NotifiedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly supplierUscc: string;
  readonly supplierName: string | null;
  readonly leaderUscc: string | null;
  readonly providerUscc: string | null;
  readonly cityCode: string | null;
}

/** Who is told what about an event; an empty list for most events. A withdrawal is never answered as if it were a decline. */
export function notificationsOf(event: NotifiedEvent): Notification[] {
  const { id, type, data, supplierUscc, supplierName, leaderUscc, providerUscc, cityCode } = event;
  const bureau = cityCode === null ? null : `bureau/${cityCode}`;
  const partyOf: Record<Party, string | null> = {
    supplier: `supplier/${supplierUscc}`,
    leader: leaderUscc === null ? null : `leader/${leaderUscc}`,
    provider: providerUscc === null ? bureau : `provider/${providerUscc}`,
    platform: typeof data.platform === 'string' ? `platform/${data.platform}` : bureau,
    // Who will rate or audit is not known before they have: the bureau sends them.
    rater: bureau,
    'financial-auditor': bureau,
    bureau,
    system: null,
  };
  const words = Object.fromEntries(
    Object.entries({ ...data, supplierName: supplierName ?? supplierUscc }).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    ),
  );
  const tell = (template: TemplateName, ...recipients: Party[]): Notification[] =>
    recipients.flatMap((recipient) => {
      const party = partyOf[recipient];
      return party === null ? [] : [{ id: `${id} → ${party}`, party, template, words }];
    });
  switch (type) {
    case 'onboarding.reminder-sent.v1':
      return isRecipient(data.recipient) ? tell('reminder', data.recipient) : [];
    case 'onboarding.expiry-announced.v1':
      return tell('expiry', 'supplier', 'bureau');
    case 'onboarding.step-returned.v1':
      return tell('returned', 'supplier');
    case 'onboarding.help-requested.v1':
      return tell('help', 'leader', 'bureau');
    case 'onboarding.compensation-escalated.v1':
      return tell('escalation', 'bureau');
    case 'onboarding.closed.v1':
      return tell(`closed-${String(data.status)}` as TemplateName, 'supplier');
    default:
      return [];
  }
}

export const isInvitation = (type: string): boolean =>
  type === 'invitation.issued.v1' || type === 'invitation.resent.v1';

/** A firm is told that it was invited. The code is not in it: it stands nowhere, and whoever invites hands it over. */
export function aboutInvitation(id: string, data: Readonly<Record<string, unknown>>): Notification {
  const party = `supplier/${data.supplierUscc}`;
  const { name } = data.decidedBy as { name: string };
  return {
    id: `${id} → ${party}`,
    party,
    template: 'invitation',
    words: { supplierUscc: String(data.supplierUscc), by: name, expiresAt: String(data.expiresAt) },
  };
}

const isRecipient = (value: unknown): value is Party => PARTIES.some((party) => party === value);

/** Words of an event that are instants: people are told the day. */
const DAYS: ReadonlySet<string> = new Set(['deadline', 'closesAt', 'expiresAt']);
const OPERATIONS_ZH: Readonly<Record<string, string>> = {
  'remove-devices': '设备注销',
  'revoke-credential': '凭证吊销',
  'disable-tenant': '租户停用',
};

const INSTANT = /^\d{4}-\d\d-\d\dT.+(Z|[+-]\d\d:\d\d)$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** The day of an instant. What is none stays as it was stated: a letter that says an odd date goes out, one that breaks holds up all others. */
function dayOf(value: string): string {
  const instant = new Date(value);
  if (!INSTANT.test(value) || Number.isNaN(instant.getTime())) return value;
  const day = dateOf(instant);
  return DAY.test(day) ? day : value;
}

/** A code or an instant as people say it; other words as they are. */
function said(name: string, value: string, locale: Locale): string {
  if (DAYS.has(name)) return dayOf(value);
  if (name !== 'step' && name !== 'stage' && name !== 'operation') return value;
  if (locale === 'zh') return STEPS_ZH[value] ?? OPERATIONS_ZH[value] ?? value;
  return value.toLowerCase().replaceAll(/[_-]/g, ' ');
}

/** Subject and text of a notification; a word that is missing stays visible in braces. */
export function render(template: TemplateName, words: Readonly<Record<string, string>>, locale: Locale) {
  const fill = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = words[name];
      return value === undefined ? whole : said(name, value, locale);
    });
  const { subject, text } = TEMPLATES[template][locale];
  return { subject: fill(subject), text: fill(text) };
}
