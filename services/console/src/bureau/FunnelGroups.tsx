import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { FunnelDimension, FunnelGroup } from '../../../../schemas/api/onboarding.ts';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { MISSING, useFormat } from '../ui/format.ts';

export const groupInWords = (t: TFunction, { key, name }: FunnelGroup): string =>
  name ?? (key === '' ? t('funnel.groupUnknown') : key);

/** Groups side by side; choosing one shows its stages below. A group of fewer than five firms tells no more than its size. */
export function FunnelGroups({
  by,
  groups,
  chosen,
  choose,
}: {
  readonly by: FunnelDimension;
  readonly groups: readonly FunnelGroup[];
  readonly chosen: string | undefined;
  /** Null where none is chosen any more. */
  readonly choose: (key: string | null) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const count = (
    key: string,
    label: string,
    of: (group: FunnelGroup) => number | null,
  ): Column<FunnelGroup> => ({
    ...{ key, label, isNumber: true },
    sort: (group) => (group.withheld === undefined ? of(group) : null),
    cell: (group) => (group.withheld === undefined ? format.integer(of(group)) : MISSING),
  });
  const total = (field: 'atRisk' | 'stalled' | 'failed') => (group: FunnelGroup) =>
    group.stages.reduce((sum, stage) => sum + stage[field], 0);
  const share = (group: FunnelGroup): number | null =>
    group.withheld === undefined ? total('failed')(group) / group.onboardings : null;
  const columns: readonly Column<FunnelGroup>[] = [
    {
      key: 'group',
      label: t(`funnel.dimension.${by}`),
      isHead: true,
      sort: (group) => groupInWords(t, group),
      cell: (group) =>
        group.withheld === undefined ? (
          <button
            type="button"
            className="figure"
            aria-pressed={group.key === chosen}
            onClick={() => choose(group.key === chosen ? null : group.key)}
          >
            {groupInWords(t, group)}
          </button>
        ) : (
          <>
            {groupInWords(t, group)} <span className="quiet">{t('funnel.fewerThanFive')}</span>
          </>
        ),
    },
    {
      ...{ key: 'firms', label: t('network.firms'), isNumber: true },
      sort: ({ firms }) => firms,
      cell: ({ firms }) => format.integer(firms),
    },
    {
      ...{ key: 'onboardings', label: t('funnel.count'), isNumber: true },
      sort: ({ onboardings }) => onboardings,
      cell: ({ onboardings }) => format.integer(onboardings),
    },
    count('accepted', t('funnel.accepted'), ({ stages }) => stages.at(-1)?.done ?? null),
    count('overdue', t('suppliers.overdue'), total('stalled')),
    count('failed', t('funnel.ended'), total('failed')),
    {
      ...{ key: 'share', label: t('funnel.endedShare'), isNumber: true },
      sort: share,
      cell: (group) => format.share(share(group)),
    },
  ];
  return (
    <section className="card">
      <DataTable
        label={t('funnel.by')}
        columns={columns}
        rows={groups}
        rowKey={({ key }) => key}
        empty={t('state.empty')}
      />
    </section>
  );
}
