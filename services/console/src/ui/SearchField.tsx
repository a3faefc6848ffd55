import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

const TYPING_PAUSE_MS = 300;

/** Asks the server once the typing pauses. */
export function SearchField({
  value,
  change,
}: {
  readonly value: string | undefined;
  readonly change: (text: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState(value ?? '');
  useEffect(() => {
    if (text === (value ?? '')) return;
    const timer = setTimeout(() => change(text === '' ? undefined : text), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  });
  return (
    <label className="field">
      <span>{t('action.search')}</span>
      <input type="search" value={text} onChange={(event) => setText(event.target.value)} />
    </label>
  );
}
