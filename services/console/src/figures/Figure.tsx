import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TrailPanel } from './TrailPanel.tsx';

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
  if (id === null) return <span className="number">{children}</span>;
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
