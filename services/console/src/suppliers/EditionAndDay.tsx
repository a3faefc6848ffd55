import { useTranslation } from 'react-i18next';
import { dateOf } from '../../../../schemas/time.ts';
import { EDITIONS } from './rating.ts';

/** By which edition of the indicators a rater judged, and on which day the firm was visited. */
export function EditionAndDay({
  edition,
  day,
  dayLabel,
  onEdition,
  onDay,
}: {
  readonly edition: string;
  readonly day: string;
  readonly dayLabel: string;
  readonly onEdition: (edition: string) => void;
  readonly onDay: (day: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      <label className="field">
        <span>{t('rating.edition')}</span>
        <select value={edition} onChange={(event) => onEdition(event.target.value)}>
          {EDITIONS.map((one) => (
            <option key={one.edition} value={one.edition}>
              {t('rating.editionOf', { year: one.edition })}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>{dayLabel}</span>
        <input
          type="date"
          required
          max={dateOf(new Date())}
          value={day}
          onChange={(event) => onDay(event.target.value)}
        />
      </label>
    </>
  );
}
