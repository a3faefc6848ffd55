import { useTranslation } from 'react-i18next';
import type { OnboardingStatus } from '../../../../schemas/onboarding.ts';
import { Pill, type PillTone } from '../ui/Pill.tsx';

const TONES: Readonly<Record<OnboardingStatus, PillTone>> = {
  ACTIVE: 'busy',
  ACCEPTED: 'good',
  WITHDRAWN: 'plain',
  DECLINED: 'warn',
  FAILED: 'bad',
  EXPIRED: 'warn',
};

export function StatusPill({ status }: { readonly status: OnboardingStatus }) {
  const { t } = useTranslation();
  return <Pill tone={TONES[status]}>{t(`status.${status}`)}</Pill>;
}
