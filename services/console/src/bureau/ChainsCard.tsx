import { useTranslation } from 'react-i18next';
import { CHAIN_PARTS, type ChainGain, type ChainPart, isOnlyShifted, partsOf } from '../api/programme.ts';
import { Figure } from '../figures/Figure.tsx';
import { type Column, DataTable } from '../ui/DataTable.tsx';
import { useFormat } from '../ui/format.ts';
import { nullReasonInWords } from '../ui/words.ts';

const DAYS_A_YEAR = 365;
const daysOf = (turns: number | null): number | null =>
  turns === null || turns <= 0 ? null : DAYS_A_YEAR / turns;

interface PartRow {
  readonly chain: ChainGain;
  readonly name: (typeof CHAIN_PARTS)[number];
  readonly part: ChainPart;
}

/** Leader, suppliers and the whole chain side by side: stock that only moved shows. */
export function ChainsCard({ chains }: { readonly chains: readonly ChainGain[] }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const rows = chains.flatMap((chain) => partsOf(chain).map((one): PartRow => ({ chain, ...one })));
  const columns: readonly Column<PartRow>[] = [
    {
      key: 'chain',
      label: t('chains.name'),
      isHead: true,
      cell: ({ chain, name }) =>
        name === CHAIN_PARTS[0] ? chain.name : <span className="hidden">{chain.name}</span>,
    },
    {
      key: 'part',
      label: t('chains.who'),
      cell: ({ name, part: { firms } }) => (
        <>
          {t(`chains.part.${name}`)}
          {firms !== null && <span className="quiet"> {t('chains.firms', { count: firms })}</span>}
        </>
      ),
    },
    {
      key: 'turns',
      label: t('chains.turns'),
      isNumber: true,
      cell: ({ part: { before, after, reason, figureId } }) => (
        <Figure id={figureId} label={t('chains.turns')}>
          {reason === null
            ? `${format.decimal(before)} → ${format.decimal(after)}`
            : nullReasonInWords(i18n.language, reason)}
        </Figure>
      ),
    },
    {
      key: 'change',
      label: t('chains.change'),
      isNumber: true,
      cell: ({ part }) => (
        <Figure id={part.figureId} label={t('chains.change')}>
          {format.change(part.change)}
        </Figure>
      ),
    },
    {
      key: 'days',
      label: t('chains.days'),
      isNumber: true,
      cell: ({ part }) => `${format.decimal(daysOf(part.before))} → ${format.decimal(daysOf(part.after))}`,
    },
    {
      key: 'daysChange',
      label: t('chains.daysChange'),
      isNumber: true,
      cell: ({ part }) => {
        const [before, after] = [daysOf(part.before), daysOf(part.after)];
        return format.change(before === null || after === null ? null : after / before - 1);
      },
    },
  ];
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('chains.title')}</h2>
        <span className="quiet">{t('chains.remark')}</span>
      </div>
      <DataTable
        label={t('chains.title')}
        columns={columns}
        rows={rows}
        rowKey={({ chain, name }) => `${chain.leaderUscc} ${name}`}
        empty={t('state.empty')}
        under={({ chain, name }) =>
          name === CHAIN_PARTS.at(-1) &&
          isOnlyShifted({ leader: chain.leader.change, chain: chain.chain.change }) ? (
            <p className="notice">{t('chains.shifted')}</p>
          ) : null
        }
      />
    </section>
  );
}
