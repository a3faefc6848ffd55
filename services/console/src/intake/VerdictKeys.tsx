import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { IntakeHealth } from '../../../../schemas/api/overview.ts';
import type { Status } from '../../../../schemas/api/status.ts';
import { get } from '../api/client.ts';
import { useFormat } from '../ui/format.ts';
import { Key } from '../ui/Key.tsx';

const VERDICTS = ['accepted', 'duplicates', 'conflicts', 'rejected', 'parked'] as const;

/** Counts of the verdicts: of one leader's stream, or of all. */
export function VerdictKeys({ leader }: { readonly leader: string | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const own = useQuery({
    queryKey: ['intake', leader],
    queryFn: () => get<IntakeHealth>('/api/v1/intake', { leader }),
    enabled: leader !== undefined,
  });
  const all = useQuery({
    queryKey: ['status'],
    queryFn: () => get<Status>('/api/v1/status'),
    enabled: leader === undefined,
  });
  const counts = (leader === undefined ? all : own).data?.verdicts;
  return (
    <>
      <div className="keys">
        {VERDICTS.map((verdict) => (
          <Key key={verdict} label={t(`intake.${verdict}`)}>
            {format.integer(counts?.[verdict])}
          </Key>
        ))}
      </div>
      {leader !== undefined && own.data !== undefined && (
        <p className="quiet">
          {own.data.lastAcceptedAt === null
            ? t('intake.never')
            : t('intake.last', { time: format.minute(own.data.lastAcceptedAt) })}
        </p>
      )}
    </>
  );
}
