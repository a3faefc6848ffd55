import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActTarget } from '../api/acts.ts';
import { useStatement } from '../api/statements.ts';
import { IntakeOutcome } from '../intake/IntakeOutcome.tsx';
import { EditionAndDay } from './EditionAndDay.tsx';
import { EDITIONS, LEVELS } from './rating.ts';

const EMPTY = { edition: EDITIONS[0].edition, diagnosedOn: '', score: '', level: '' };

/** The diagnosis before the transformation: what the rater found, from which the gain in level is told later. */
export function DiagnosisForm({ target, rater }: { readonly target: ActTarget; readonly rater: string }) {
  const { t } = useTranslation();
  const send = useStatement();
  const [found, setFound] = useState(EMPTY);
  const change = (part: Partial<typeof EMPTY>): void => {
    // What was said of the finding before no longer holds.
    if (!send.isPending) send.reset();
    setFound({ ...found, ...part });
  };
  return (
    <form
      className="stack no-print"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate({
          type: 'onboarding.diagnosis-completed.v1',
          source: `/rater/${rater}`,
          target,
          data: {
            diagnosedOn: found.diagnosedOn,
            edition: found.edition,
            score: Number(found.score),
            level: Number(found.level),
          },
        });
      }}
    >
      <div className="pair">
        <EditionAndDay
          edition={found.edition}
          day={found.diagnosedOn}
          dayLabel={t('diagnosis.diagnosedOn')}
          onEdition={(edition) => change({ edition })}
          onDay={(diagnosedOn) => change({ diagnosedOn })}
        />
        <label className="field">
          <span>{t('diagnosis.score')}</span>
          <input
            type="number"
            inputMode="decimal"
            required
            min={0}
            max={100}
            step="0.1"
            value={found.score}
            onChange={(event) => change({ score: event.target.value })}
          />
        </label>
        <label className="field">
          <span>{t('diagnosis.level')}</span>
          <select required value={found.level} onChange={(event) => change({ level: event.target.value })}>
            <option value="" />
            {LEVELS.map((level) => (
              <option key={level} value={level}>
                {`L${level}`}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p className="quiet">{t('diagnosis.remark')}</p>
      <IntakeOutcome send={send} taken={t('diagnosis.taken')} />
      <button
        type="submit"
        className="button button-main"
        disabled={send.isPending || send.data?.refused === 0}
      >
        {t('diagnosis.record')}
      </button>
    </form>
  );
}
