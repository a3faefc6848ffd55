import { useTranslation } from 'react-i18next';
import { useReceipts } from '../api/chain.ts';
import { Figure } from '../figures/Figure.tsx';
import { useFormat } from '../ui/format.ts';
import { Pill } from '../ui/Pill.tsx';
import { Empty, Loaded } from '../ui/States.tsx';
import { RefusalReason } from './RefusalReason.tsx';

const SHOWN_ITEMS = 50;

/** What became of the leader's latest batches, as its integrator is told; each opens to what was not simply accepted. */
export function Receipts({ leader }: { readonly leader: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const receipts = useReceipts(leader);
  return (
    <section className="card">
      <h2>{t('receipts.title')}</h2>
      <Loaded
        query={receipts}
        isEmpty={({ items }) => items.length === 0}
        empty={<Empty title={t('receipts.none')} />}
      >
        {({ topic, items }) => (
          <>
            <p className="quiet">{t('receipts.remark', { topic })}</p>
            <ul className="rows">
              {items.map((receipt) => (
                <li key={receipt.id}>
                  <div className="split">
                    <span>
                      {t('receipts.batch', {
                        partition: receipt.partition,
                        first: format.integer(receipt.firstOffset),
                        last: format.integer(receipt.lastOffset),
                      })}
                    </span>
                    <span className="quiet">{format.minute(receipt.judgedAt)}</span>
                  </div>
                  <p className="buttons">
                    <Pill tone="good">
                      <Figure
                        id={
                          receipt.accepted === 0
                            ? null
                            : `intake/accepted/${leader}/${receipt.partition}/${receipt.firstSeq}/${receipt.lastSeq}`
                        }
                        label={t('receipts.accepted', { count: receipt.accepted })}
                      >
                        {t('receipts.accepted', { count: receipt.accepted })}
                      </Figure>
                    </Pill>
                    {receipt.items.length > 0 && (
                      <Pill tone="warn">{t('receipts.other', { count: receipt.items.length })}</Pill>
                    )}
                    <Pill tone="plain">{t(receipt.sent ? 'receipts.sent' : 'receipts.pending')}</Pill>
                  </p>
                  {receipt.items.length > 0 && (
                    <details>
                      <summary>{t('action.details')}</summary>
                      <ul className="rows">
                        {receipt.items.slice(0, SHOWN_ITEMS).map((item) => (
                          <li key={`${item.offset} ${item.verdict}`}>
                            <div className="split">
                              <strong>{t(`receipts.verdict.${item.verdict}`)}</strong>
                              <code className="quiet">{item.id ?? `@${item.offset}`}</code>
                            </div>
                            <RefusalReason
                              code={item.code}
                              explanation={item.explanation}
                              explanationZh={item.explanationZh}
                              remedy={item.remedy}
                            />
                          </li>
                        ))}
                      </ul>
                    </details>
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </section>
  );
}
