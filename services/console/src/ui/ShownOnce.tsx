import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Something that nobody can read again: to be kept now. */
export function ShownOnce({
  said,
  label,
  value,
  children,
  onKept,
}: {
  readonly said: string;
  readonly label: string;
  readonly value: string;
  readonly children?: ReactNode;
  /** Puts it away. */
  readonly onKept?: () => void;
}) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState<string | null>(null);
  return (
    <output className="notice notice-good stack">
      <strong>{said}</strong>
      <label className="field">
        <span>{label}</span>
        <input readOnly value={value} onFocus={(event) => event.target.select()} />
      </label>
      {children}
      <div className="buttons">
        {navigator.clipboard !== undefined && (
          <button
            type="button"
            className="button"
            onClick={() => void navigator.clipboard.writeText(value).then(() => setCopied(value))}
          >
            {t(copied === value ? 'action.copied' : 'action.copy')}
          </button>
        )}
        {onKept !== undefined && (
          <button type="button" className="button button-main" onClick={onKept}>
            {t('action.kept')}
          </button>
        )}
      </div>
    </output>
  );
}
