import type { TFunction } from 'i18next';
import { NULL_REASONS_ZH } from '../i18n/zh/reasons.ts';

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

/** Why a figure has no value. The services say it in English. */
export const nullReasonInWords = (language: string, reason: string): string =>
  language === 'en' ? reason : (NULL_REASONS_ZH[reason] ?? reason);
