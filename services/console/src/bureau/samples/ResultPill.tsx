import { useTranslation } from 'react-i18next';
import { Pill } from '../../ui/Pill.tsx';

/** How a work-paper stands. */
export function ResultPill({
  status,
  result,
}: {
  readonly status: 'open' | 'closed';
  readonly result: 'sound' | 'faulty' | null;
}) {
  const { t } = useTranslation();
  if (result === null) return <Pill tone="plain">{t(`samples.status.${status}`)}</Pill>;
  return <Pill tone={result === 'sound' ? 'good' : 'bad'}>{t(`samples.result.${result}`)}</Pill>;
}
