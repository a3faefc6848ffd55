import { type ComponentProps, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';

const FEWEST_CHARACTERS = 4;
const MOST_CHARACTERS = 1_000;

/** Why somebody acts, in their own words: without it the form is not sent, and the page says so in the reader's language. */
export function GroundsField({
  label,
  ...textarea
}: { readonly label: string } & Pick<ComponentProps<'textarea'>, 'name' | 'rows' | 'value' | 'onChange'>) {
  const { t } = useTranslation();
  const [isMissing, setMissing] = useState(false);
  const errorId = useId();
  return (
    <div className="field">
      <label className="field">
        <span>{label}</span>
        <textarea
          required
          minLength={FEWEST_CHARACTERS}
          maxLength={MOST_CHARACTERS}
          rows={2}
          {...textarea}
          aria-invalid={isMissing}
          aria-describedby={isMissing ? errorId : undefined}
          // Instead of the browser's own bubble, which speaks the browser's language.
          onInvalid={(event) => {
            event.preventDefault();
            if (event.currentTarget.form?.querySelector(':invalid') === event.currentTarget)
              event.currentTarget.focus();
            setMissing(true);
          }}
          onInput={() => setMissing(false)}
        />
      </label>
      {isMissing && (
        <p className="field-error" id={errorId} role="alert">
          {t('action.groundsNeeded', { count: FEWEST_CHARACTERS })}
        </p>
      )}
    </div>
  );
}
