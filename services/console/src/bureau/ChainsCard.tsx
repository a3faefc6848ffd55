import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { CHAIN_PARTS, type ChainGain, type ChainPart } from '../api/programme.ts';
import { Figure } from '../figures/Figure.tsx';
import { useFormat } from '../ui/format.ts';
import { nullReasonInWords } from '../ui/words.ts';

const DAYS_A_YEAR = 365;
const daysOf = (turns: number | null): number | null =>
  turns === null || turns <= 0 ? null : DAYS_A_YEAR / turns;

/** Leader, suppliers and the whole chain side by side: stock that only moved shows. */
export function ChainsCard({ chains }: { readonly chains: readonly ChainGain[] }) {
  const { t } = useTranslation();
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('chains.title')}</h2>
        <span className="quiet">{t('chains.remark')}</span>
      </div>
      <div className="table-wrap">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('chains.name')}</th>
              <th scope="col">{t('chains.who')}</th>
              <th scope="col" className="right">
                {t('chains.turns')}
              </th>
              <th scope="col" className="right">
                {t('chains.change')}
              </th>
              <th scope="col" className="right">
                {t('chains.days')}
              </th>
              <th scope="col" className="right">
                {t('chains.daysChange')}
              </th>
            </tr>
          </thead>
          <tbody>
            {chains.map((chain) => (
              <Fragment key={chain.leaderUscc}>
                {CHAIN_PARTS.map((name, index) => (
                  <PartRow
                    key={name}
                    name={name}
                    part={chain[name]}
                    chain={index === 0 ? chain.name : null}
                  />
                ))}
                {isShifted(chain) && (
                  <tr>
                    <td colSpan={6}>
                      <p className="notice">{t('chains.shifted')}</p>
                    </td>
                  </tr>
                )}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function PartRow({
  name,
  part,
  chain,
}: {
  readonly name: (typeof CHAIN_PARTS)[number];
  readonly part: ChainPart;
  readonly chain: string | null;
}) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const before = daysOf(part.before);
  const after = daysOf(part.after);
  return (
    <tr>
      <th scope="row">{chain}</th>
      <td>
        {t(`chains.part.${name}`)}
        {part.firms !== null && <span className="quiet"> {t('chains.firms', { count: part.firms })}</span>}
      </td>
      <td className="right number">
        {part.reason === null
          ? `${format.decimal(part.before)} → ${format.decimal(part.after)}`
          : nullReasonInWords(i18n.language, part.reason)}
      </td>
      <td className="right">
        <Figure id={part.figureId} label={t('chains.change')}>
          {format.change(part.change)}
        </Figure>
      </td>
      <td className="right number">
        {format.decimal(before)} → {format.decimal(after)}
      </td>
      <td className="right number">
        {format.change(before === null || after === null ? null : after / before - 1)}
      </td>
    </tr>
  );
}

const isShifted = ({ leader, chain }: ChainGain): boolean =>
  leader.change !== null && chain.change !== null && leader.change > 0 && chain.change <= 0;
