import { useTranslation } from 'react-i18next';
import type { StallRisk } from '../../../../schemas/api/board.ts';
import { Pill, type PillTone } from '../ui/Pill.tsx';

const TONES: Readonly<Record<StallRisk['level'], PillTone>> = {
  none: 'plain',
  low: 'busy',
  medium: 'warn',
  high: 'bad',
};

/** The risk with what speaks for it: a level without reasons helps nobody. */
export function RiskPill({ risk }: { readonly risk: StallRisk }) {
  const { t } = useTranslation();
  if (risk.level === 'none') return <span className="quiet">{t('suppliers.noRisk')}</span>;
  return (
    <>
      <Pill tone={TONES[risk.level]}>{t(`risk.level.${risk.level}`)}</Pill>{' '}
      <span className="quiet">
        {risk.reasons.map((reason) => t(`risk.reason.${reason}`, { defaultValue: reason })).join(' · ')}
      </span>
    </>
  );
}
