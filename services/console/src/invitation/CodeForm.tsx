import { useState } from 'react';
import { useTranslation } from 'react-i18next';

/** For a code that was read out or written down. */
export function CodeForm({
  problem,
  take,
}: {
  readonly problem: string | null;
  readonly take: (code: string) => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  return (
    <form
      className="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        take(typed.trim());
      }}
    >
      {problem !== null && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      <p>{t('invited.codeText')}</p>
      <label className="field">
        <span>{t('invited.code')}</span>
        <input
          required
          minLength={8}
          maxLength={60}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <button type="submit" className="button button-main">
        {t('invited.look')}
      </button>
    </form>
  );
}
