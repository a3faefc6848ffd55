import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, useLocation } from 'react-router';

export interface NavItem {
  readonly to: string;
  readonly label: string;
}

/** One line of pages; on a phone it scrolls sideways, with the page that is open in sight. */
export function Nav({ items }: { readonly items: readonly NavItem[] }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const line = useRef<HTMLElement>(null);
  useEffect(() => {
    const show = (): void => {
      const open = line.current?.querySelector<HTMLElement>(`[href^="${pathname}"][aria-current]`);
      // Only the line moves: scrollIntoView would move the page as well.
      if (open && line.current) line.current.scrollLeft = open.offsetLeft - line.current.clientWidth / 3;
    };
    show();
    // Also where a phone is turned.
    window.addEventListener('resize', show);
    return () => window.removeEventListener('resize', show);
  }, [pathname]);
  return (
    <nav ref={line} className="nav" aria-label={t('nav.label')}>
      {items.map(({ to, label }) => (
        <NavLink key={to} to={to} end={to.split('?')[0] === '/'}>
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
