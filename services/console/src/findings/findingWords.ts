import type { TFunction } from 'i18next';
import { asWords } from '../ui/words.ts';

export const findingInWords = (t: TFunction, code: string): string =>
  t(`findingCode.${code}`, { defaultValue: asWords(code) });

/** `closingStockFen` reads "Closing stock" where there are no words of its own; a figure that is a place or firm stays. */
export function fieldInWords(t: TFunction, name: string): string {
  const spaced = name
    .replace(/Fen$/, '')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();
  return t(`findingField.${name}`, { defaultValue: spaced.charAt(0).toUpperCase() + spaced.slice(1) });
}

export const valueInWords = (t: TFunction, value: string): string =>
  t(`findingValue|${value}`, {
    keySeparator: '|',
    nsSeparator: false,
    defaultValue: t(`source|${value}`, { keySeparator: '|', nsSeparator: false, defaultValue: value }),
  });

/** Who answers: `bureau:510100`, `leader:<USCC>`, or a name that was put in. */
export function ownerInWords(t: TFunction, owner: string): string {
  const [kind = '', whose = ''] = owner.split(':');
  const known = t(`role.${kind}`, { defaultValue: '' });
  return whose !== '' && known !== '' ? `${known} ${whose}` : valueInWords(t, owner);
}
