import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ActTarget, useAct } from '../api/acts.ts';
import { Failed } from '../ui/States.tsx';

const LEVELS = [0, 1, 2, 3, 4];
const EDITIONS = ['2024', '2022'];

/** Hands in the firm's own assessment; a record of its own, which never stands for the rating on site. */
export function SelfAssessment({ target }: { readonly target: ActTarget }) {
  const { t } = useTranslation();
  const act = useAct(target);
  const [score, setScore] = useState('');
  const [level, setLevel] = useState('2');
  const [edition, setEdition] = useState('2024');
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        act.mutate({ act: 'self-assess', edition, score: Number(score), level: Number(level) });
      }}
    >
      <label className="field">
        <span>{t('home.score')}</span>
        <input
          type="number"
          inputMode="decimal"
          min={0}
          max={100}
          step="0.1"
          required
          value={score}
          onChange={(event) => setScore(event.target.value)}
        />
      </label>
      <label className="field">
        <span>{t('home.level')}</span>
        <select value={level} onChange={(event) => setLevel(event.target.value)}>
          {LEVELS.map((value) => (
            <option key={value}>{value}</option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>{t('home.edition')}</span>
        <select value={edition} onChange={(event) => setEdition(event.target.value)}>
          {EDITIONS.map((value) => (
            <option key={value}>{value}</option>
          ))}
        </select>
      </label>
      {act.isError && <Failed error={act.error} />}
      {act.isSuccess && <output className="notice notice-good">{t('home.sent')}</output>}
      <button type="submit" className="button button-main" disabled={act.isPending}>
        {t('home.assess')}
      </button>
    </form>
  );
}
