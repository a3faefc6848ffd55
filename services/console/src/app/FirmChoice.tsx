import { useTranslation } from 'react-i18next';
import type { Session } from './session.ts';

/** One sign-in may speak for several firms; with a single one there is nothing to choose. */
export function FirmChoice({
  firms,
  chosen,
  choose,
}: {
  readonly firms: Session['firms'];
  readonly chosen: string;
  readonly choose: (uscc: string) => void;
}) {
  const { t } = useTranslation();
  if (firms.length < 2) return null;
  return (
    <label className="field firm-choice">
      <span>{t('home.choose')}</span>
      <select value={chosen} onChange={(event) => choose(event.target.value)}>
        {firms.map((firm) => (
          <option key={firm.uscc} value={firm.uscc}>
            {firm.name ?? firm.uscc}
          </option>
        ))}
      </select>
    </label>
  );
}
