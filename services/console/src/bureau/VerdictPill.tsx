import { useTranslation } from 'react-i18next';
import type { AuditVerdict } from '../../../../schemas/api/auditRun.ts';
import { Pill } from '../ui/Pill.tsx';

const TONES = { raised: 'good', lowered: 'bad', none: 'plain', refused: 'warn' } as const;

export function VerdictPill({ verdict }: { readonly verdict: AuditVerdict }) {
  const { t } = useTranslation();
  return <Pill tone={TONES[verdict.finding]}>{t(`audits.finding.${verdict.finding}`)}</Pill>;
}
