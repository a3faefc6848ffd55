import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en/index.ts';
import { zh } from './zh/index.ts';

export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

const STORED_AS = 'chainlight.language';

/** Chinese unless the reader chose English: by address (`?lang=en`), or earlier on this device. */
function chosenLanguage(): Language {
  const asked =
    new URLSearchParams(window.location.search).get('lang') ?? window.localStorage.getItem(STORED_AS);
  return asked === 'en' ? 'en' : 'zh';
}

export async function startTranslation(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: chosenLanguage(),
    fallbackLng: false,
    resources: {
      zh: { translation: zh },
      en: { translation: en },
    },
    interpolation: { escapeValue: false },
    returnNull: false,
    showSupportNotice: false,
  });
  document.documentElement.lang = localeOf(i18next.language);
}

export async function chooseLanguage(language: Language): Promise<void> {
  window.localStorage.setItem(STORED_AS, language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = localeOf(language);
}

export const localeOf = (language: string): string => (language === 'en' ? 'en' : 'zh-CN');
