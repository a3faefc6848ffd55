import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Webhook, WebhookDelivery } from '../../../../schemas/api/webhooks.ts';
import { useDeliveries } from '../api/webhooks.ts';
import { useFormat } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { Pill, type PillTone } from '../ui/Pill.tsx';
import { Empty, Loaded } from '../ui/States.tsx';
import { errorInWords } from './errorInWords.ts';

const TONES: Readonly<Record<WebhookDelivery['state'], PillTone>> = {
  waiting: 'busy',
  delivered: 'good',
  failed: 'bad',
};

/** Each message of an address, newest first. */
export function DeliveriesPanel({
  webhook,
  onClose,
}: {
  readonly webhook: Webhook;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const deliveries = useDeliveries(webhook.id);
  return (
    <Panel title={`${t('webhooks.deliveries')} · ${webhook.description || webhook.url}`} onClose={onClose}>
      <Loaded
        query={deliveries}
        isEmpty={({ pages }) => pages[0]?.total === 0}
        empty={<Empty title={t('webhooks.noDeliveries')} text={t('webhooks.noDeliveriesText')} />}
      >
        {({ pages }) => {
          const shown = pages.flatMap(({ items }) => items);
          const total = pages[0]?.total ?? shown.length;
          return (
            <div className="stack">
              <ul className="rows">
                {shown.map((delivery) => (
                  <Delivery key={delivery.id} delivery={delivery} />
                ))}
              </ul>
              <p className="quiet">
                {t('page.shown', { shown: format.integer(shown.length), total: format.integer(total) })}
              </p>
              {deliveries.hasNextPage && (
                <button
                  type="button"
                  className="button"
                  disabled={deliveries.isFetchingNextPage}
                  onClick={() => void deliveries.fetchNextPage()}
                >
                  {t('webhooks.older')}
                </button>
              )}
            </div>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function Delivery({ delivery }: { readonly delivery: WebhookDelivery }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { state, attempts, queuedAt, deliveredAt, nextAttemptAt, lastError, message } = delivery;
  const { supplierUscc, supplierName, before, ...now } = message.data;
  const standing = ({ stage, status }: { stage: string; status: string }): string =>
    `${t(`stage.${stage}`)} · ${t(`status.${status}`)}`;
  return (
    <li>
      <div className="split">
        <Link to={`/suppliers/${supplierUscc}`}>{supplierName ?? supplierUscc}</Link>
        <Pill tone={TONES[state]}>{t(`webhooks.state.${state}`)}</Pill>
      </div>
      <div>
        {before === null ? t('webhooks.new') : standing(before)} → {standing(now)}
      </div>
      <div className="quiet">
        {t('webhooks.queued', { at: format.minute(queuedAt) })} ·{' '}
        {t('webhooks.attempts', { count: attempts })}
        {deliveredAt !== null && ` · ${t('webhooks.deliveredAt', { at: format.minute(deliveredAt) })}`}
        {nextAttemptAt !== null && ` · ${t('webhooks.nextAt', { at: format.minute(nextAttemptAt) })}`}
      </div>
      {lastError !== null && (
        <div className="quiet">
          {t('webhooks.lastError')}: {errorInWords(t, lastError)}
        </div>
      )}
    </li>
  );
}
