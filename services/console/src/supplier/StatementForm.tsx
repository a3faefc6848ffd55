import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { IntakeAnswer } from '../../../../schemas/api/intake.ts';
import type { ActTarget } from '../api/acts.ts';
import { postEvents } from '../api/client.ts';
import { newId } from '../api/newId.ts';
import { IntakeOutcome } from './IntakeOutcome.tsx';
import { dataOf, STATEMENTS, type StatedStep, statementEvent } from './statements.ts';

/** The supplier states itself what does its step; ingest judges it like an event of its own system. */
export function StatementForm({ step, target }: { readonly step: StatedStep; readonly target: ActTarget }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const id = useRef(newId());
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const { fields } = STATEMENTS[step];
  const send = useMutation({
    mutationFn: () =>
      postEvents<IntakeAnswer>([
        statementEvent(step, target, dataOf(step, values), { id: id.current, at: new Date() }),
      ]),
    onSuccess: async () => {
      id.current = newId();
      await queries.invalidateQueries();
    },
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
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
