import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

/** A panel at the side, as a modal dialog: the browser keeps the focus inside and gives it back. */
export function Panel({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="panel"
      aria-label={title}
      // React lets the closing of a panel inside this one rise to it.
      onClose={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className="panel-head">
        <h2>{title}</h2>
        <button type="button" className="button button-quiet" onClick={() => dialog.current?.close()}>
          {t('action.close')}
        </button>
      </div>
      {children}
    </dialog>
  );
}
