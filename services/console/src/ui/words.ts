import type { TFunction } from 'i18next';
import { words as english } from '../i18n/en/words.ts';
import { words as chinese } from '../i18n/zh/words.ts';

/** A code as words of last resort: `NO_STAFF` reads "No staff". */
export const asWords = (code: string): string =>
  code.charAt(0) + code.slice(1).toLowerCase().replaceAll('_', ' ');

/** `DARE_NOT/CASH` in the reader's language. */
export function reasonInWords(t: TFunction, reason: string): string {
  const [group = '', cause] = reason.split('/');
  const groupName = t(`group.${group}`, { defaultValue: asWords(group) });
  if (cause === undefined || cause === '') return groupName;
  return `${groupName}: ${t(`cause.${cause}`, { defaultValue: asWords(cause) })}`;
}

export const kpiInWords = (t: TFunction, id: string): string => t(`kpi.${id}`, { defaultValue: id });

/** Whether a unit is read as a percentage, or as a percentage with its sign. */
export const isPercentage = (unit: string): boolean =>
  unit === 'ratio' || unit === 'change' || unit.startsWith('share of ');

type WriteNumber = (value: number | null) => string;
type Numbers = Readonly<Record<'integer' | 'decimal' | 'share' | 'change', WriteNumber>>;

/** A figure with its unit, which the services say in English. */
export function valueInUnit(t: TFunction, format: Numbers, value: number | null, unit: string): string {
  if (value === null) return format.integer(null);
  if (isPercentage(unit)) return unit === 'change' ? format.change(value) : format.share(value);
  const number = Number.isInteger(value) ? format.integer(value) : format.decimal(value);
  return `${number} ${t(`unit|${unit}`, { keySeparator: '|', nsSeparator: false, defaultValue: unit })}`;
}

/** `inventory-turns` of a figure's name is `inventoryTurns` of the registry. */
export const kpiOfSlug = (slug: string): string =>
  slug.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** What a figure is, by its name: `inventory-turns/v1/<USCC>/2024-03` reads "Inventory turns · <USCC> · 2024-03". */
export function figureInWords(t: TFunction, figureId: string): string {
  const [head = '', second = '', third = '', fourth = ''] = figureId.split('/');
  const joined = (...parts: string[]): string => parts.filter((part) => part !== '').join(' · ');
  if (head === 'target')
    return joined(t('target.progress'), second, third.replace(/^programme:/, ''), fourth);
  if (head === 'claim') return joined(t('claims.claim'), second);
  if (head === 'turns')
    return joined(t('chains.turns'), second, t(`chains.part.${third}`, { defaultValue: third }));
  if (head === 'onboardings' && second === 'time')
    return joined(
      t(`stage.${third}`, { defaultValue: third }),
      figureId.slice(figureId.lastIndexOf('/') + 1),
    );
  if (head === 'intake')
    return joined(t(`intake.${second}`, { defaultValue: second }), third === '-' ? '' : third);
  const kpi = kpiInWords(t, kpiOfSlug(head));
  if (kpi === kpiOfSlug(head)) return figureId;
  const when = { baseline: t('mine.before'), improvement: t('mine.change') }[fourth] ?? fourth;
  return joined(kpi, third.slice(third.indexOf(':') + 1), when);
}

const CODE_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(english.nullReason).map(([code, text]) => [text, code]),
);

/** Why a figure has no value, which the services say by code or in English. */
export function nullReasonInWords(language: string, reason: string): string {
  const { nullReason } = language === 'en' ? english : chinese;
  return nullReason[CODE_OF.get(reason) ?? reason] ?? (/^[A-Z_]+$/.test(reason) ? asWords(reason) : reason);
}

/** Why a record was refused, in short; the code itself where there are no words. */
export const refusalInWords = (t: TFunction, code: string): string =>
  t(`refusalName.${code}`, { defaultValue: asWords(code) });

interface Refused {
  readonly code: string | null | undefined;
  readonly explanation: string;
  readonly explanationZh: string | undefined;
  readonly remedy: string | null;
}

/** Why a record was refused, what there is to say of this one, and how to mend it. The services' own words are English. */
export function refusalSaid(
  t: TFunction,
  language: string,
  { code, explanation, explanationZh, remedy }: Refused,
): { readonly why: string | null; readonly detail: string | null; readonly mend: string | null } {
  if (language === 'en') return { why: null, detail: explanation, mend: remedy };
  const words = (part: 'why' | 'mend'): string | null =>
    t(`refusal.${code}.${part}`, { defaultValue: '' }) || null;
  return { why: words('why'), detail: explanationZh ?? null, mend: remedy && words('mend') };
}

/** What an event says, by its type. */
export const eventInWords = (t: TFunction, type: string): string =>
  t(`eventType|${type}`, { keySeparator: '|', nsSeparator: false, defaultValue: type });

/** Who did something: a person with a role, or the source of an event, `/provider/<USCC>`. */
export function actorInWords(t: TFunction, actor: string): string {
  const [, person, role] = /^(.*) \(([a-z-]+)\)$/.exec(actor) ?? [];
  if (person !== undefined && role !== undefined)
    return `${person} (${t(`role.${role}`, { defaultValue: role })})`;
  const [, kind = '', name = ''] = actor.split('/');
  if (kind === '') return actor;
  const known = t(`source.${kind}`, { defaultValue: kind });
  return kind === 'system' ? known : `${known} ${name}`;
}
