import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../app/session.ts';
import { TrailPanel } from './TrailPanel.tsx';

/** Who may not open figures: they read single firms, and a trail leads to others. */
const CLOSED_TO: ReadonlySet<string> = new Set(['rater', 'provider']);

/** A figure that opens down to its events. */
export function Figure({
  id,
  label,
  children,
}: {
  readonly id: string | null;
  /** What the figure is, for those who hear the page. */
  readonly label: string;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const role = useSession().data?.tenancy.role ?? '';
  if (id === null || CLOSED_TO.has(role)) return <span className="number">{children}</span>;
  return (
    <>
      <button
        type="button"
        className="figure"
        title={t('trail.open', { figure: label })}
        onClick={() => setOpen(true)}
      >
        {children}
      </button>
      {isOpen && <TrailPanel id={id} title={label} onClose={() => setOpen(false)} />}
    </>
  );
}
