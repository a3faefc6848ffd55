import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActTarget } from '../api/acts.ts';
import { useStatement } from '../api/statements.ts';
import { IntakeOutcome } from '../intake/IntakeOutcome.tsx';
import { STATEMENTS, type StatedStep, statementOf } from './statements.ts';

/** The supplier states itself what does its step; ingest judges it like an event of its own system. */
export function StatementForm({ step, target }: { readonly step: StatedStep; readonly target: ActTarget }) {
  const { t } = useTranslation();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const { fields } = STATEMENTS[step];
  const send = useStatement();
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate(statementOf(step, target, values));
      }}
    >
      <div className="pair">
        {fields.map(({ name, ...input }) => (
          <label key={name} className="field">
            <span>{t(`statement.field.${name}`)}</span>
            <input
              required
              {...input}
              value={values[name] ?? ''}
              onChange={(event) => setValues({ ...values, [name]: event.target.value })}
            />
          </label>
        ))}
      </div>
      <IntakeOutcome send={send} taken={t('home.sent')} />
      <button type="submit" className="button button-main" disabled={send.isPending}>
        {t(`statement.send.${step}`)}
      </button>
    </form>
  );
}
