import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { SignedOut } from '../../../../schemas/api/session.ts';
import { post } from '../api/client.ts';
import { newId } from '../api/newId.ts';
import { chooseLanguage, LANGUAGES, type Language } from '../i18n/index.ts';
import { keepFocus } from './keepFocus.ts';
import { Live } from './Live.tsx';
import { Nav, type NavItem } from './Nav.tsx';
import type { Session } from './session.ts';

const NAMES: Readonly<Record<Language, string>> = { zh: '中文', en: 'English' };

export async function signOut(): Promise<void> {
  const { endSessionUrl } = await post<SignedOut>('/auth/logout', {}, newId());
  window.location.assign(endSessionUrl ?? '/');
}

/** Header, navigation and the place of the content; the same for every role. */
export function Frame({
  session,
  nav = [],
  children,
}: {
  readonly session?: Session;
  readonly nav?: readonly NavItem[];
  readonly children: ReactNode;
}) {
  const { t, i18n } = useTranslation();
  useEffect(() => keepFocus(document), []);
  return (
    <>
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <header className="top">
        <div className="top-inner">
          <a className="brand" href="/">
            <img src="/icon.svg" alt="" width="28" height="28" />
            <span className="brand-name">{t('name')}</span>
          </a>
          {nav.length > 0 && <Nav items={nav} />}
          <div className="tools">
            {session !== undefined && <Live />}
            <label>
              <span className="hidden">{t('language')}</span>
              <select
                value={i18n.language}
                onChange={(event) => void chooseLanguage(event.target.value as Language)}
              >
                {LANGUAGES.map((language) => (
                  <option key={language} value={language}>
                    {NAMES[language]}
                  </option>
                ))}
              </select>
            </label>
            {session !== undefined && (
              <>
                <span className="who">
                  {session.name} <span className="quiet">{t(`role.${session.tenancy.role}`)}</span>
                </span>
                <button type="button" className="button button-quiet" onClick={() => void signOut()}>
                  {t('signIn.out')}
                </button>
              </>
            )}
          </div>
        </div>
      </header>
      <main className="content" id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
