import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Status } from '../../../../schemas/api/status.ts';
import { useIntake } from '../api/chain.ts';
import { get } from '../api/client.ts';
import { useSession } from '../app/session.ts';
import { Figure } from '../figures/Figure.tsx';
import { useFormat } from '../ui/format.ts';
import { Key } from '../ui/Key.tsx';
import { Failed } from '../ui/States.tsx';

const VERDICTS = ['accepted', 'duplicates', 'conflicts', 'rejected', 'parked'] as const;

/** Counts of the verdicts: of one leader's stream, or of all, which the operator alone may see. */
export function VerdictKeys({ leader }: { readonly leader: string | undefined }) {
  const role = useSession().data?.tenancy.role;
  return leader === undefined && role !== 'operator' ? null : <Counts leader={leader} />;
}

function Counts({ leader }: { readonly leader: string | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const own = useIntake(leader);
  const all = useQuery({
    queryKey: ['status'],
    queryFn: () => get<Status>('/api/v1/status'),
    enabled: leader === undefined,
  });
  const asked = leader === undefined ? all : own;
  const counts = asked.data?.verdicts;
  if (asked.isError && counts === undefined)
    return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <>
      <div className="keys">
        {VERDICTS.map((verdict) => (
          <Key key={verdict} label={t(`intake.${verdict}`)}>
            <Figure
              id={counts?.[verdict] ? `intake/${verdict}/${leader ?? '-'}` : null}
              label={t(`intake.${verdict}`)}
            >
              {format.integer(counts?.[verdict])}
            </Figure>
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
