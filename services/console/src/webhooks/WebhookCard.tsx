import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Webhook } from '../../../../schemas/api/webhooks.ts';
import { useResending, useUnsubscribing } from '../api/webhooks.ts';
import { useSession } from '../app/session.ts';
import { useFormat } from '../ui/format.ts';
import { Pill, type PillTone } from '../ui/Pill.tsx';
import { Failed } from '../ui/States.tsx';
import { DeliveriesPanel } from './DeliveriesPanel.tsx';
import { errorInWords } from './errorInWords.ts';

/** How an address fares, in one word. */
type Condition = 'working' | 'failing' | 'gone' | 'withdrawn';
const TONES: Readonly<Record<Condition, PillTone>> = {
  working: 'good',
  failing: 'warn',
  gone: 'bad',
  withdrawn: 'plain',
};
const conditionOf = ({ endedBecause, failed, lastError }: Webhook): Condition =>
  endedBecause ?? (failed > 0 || lastError !== null ? 'failing' : 'working');

/** One address: how it fares, what was sent, and what can be done about it. */
export function WebhookCard({ webhook }: { readonly webhook: Webhook }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const resending = useResending(webhook.id);
  const isOperator = useSession().data?.tenancy.role === 'operator';
  const { url, description, owner, createdAt, waiting, failed, lastDeliveredAt, lastError } = webhook;
  const condition = conditionOf(webhook);
  return (
    <section className="card stack" aria-label={url}>
      <div className="card-head">
        <h2>
          <code>{url}</code>
        </h2>
        <Pill tone={TONES[condition]}>{t(`webhooks.condition.${condition}`)}</Pill>
      </div>
      {description !== '' && <p>{description}</p>}
      <dl className="facts">
        <dt>{t('webhooks.since')}</dt>
        <dd>
          {format.minute(createdAt)}
          {isOperator && ` · ${owner.name} (${t(`role.${owner.role}`)})`}
        </dd>
        <dt>{t('webhooks.last')}</dt>
        <dd>{lastDeliveredAt === null ? t('webhooks.never') : format.minute(lastDeliveredAt)}</dd>
        <dt>{t('webhooks.state.waiting')}</dt>
        <dd className="number">{format.integer(waiting)}</dd>
        <dt>{t('webhooks.state.failed')}</dt>
        <dd className="number">{format.integer(failed)}</dd>
        {lastError !== null && condition !== 'withdrawn' && (
          <>
            <dt>{t('webhooks.lastError')}</dt>
            <dd>{errorInWords(t, lastError)}</dd>
          </>
        )}
      </dl>
      {condition === 'gone' && <p className="notice">{t('webhooks.goneText')}</p>}
      {resending.data !== undefined && (
        <output className="notice notice-good">
          {t('webhooks.resent', { count: resending.data.resent })}
        </output>
      )}
      {resending.isError && <Failed error={resending.error} />}
      <div className="buttons">
        <button type="button" className="button" onClick={() => setOpen(true)}>
          {t('webhooks.deliveries')}
        </button>
        {condition !== 'withdrawn' && (failed > 0 || condition === 'gone') && (
          <button
            type="button"
            className="button"
            disabled={resending.isPending}
            onClick={() => resending.mutate(undefined)}
          >
            {t('webhooks.resend')}
          </button>
        )}
      </div>
      {condition !== 'withdrawn' && <Withdrawal id={webhook.id} />}
      {isOpen && <DeliveriesPanel webhook={webhook} onClose={() => setOpen(false)} />}
    </section>
  );
}

/** Asked twice: what is withdrawn does not come back. */
function Withdrawal({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const unsubscribing = useUnsubscribing(id);
  return (
    <details className="no-print">
      <summary>{t('webhooks.withdraw')}</summary>
      <div className="stack">
        <p className="quiet">{t('webhooks.withdrawText')}</p>
        {unsubscribing.isError && <Failed error={unsubscribing.error} />}
        <div>
          <button
            type="button"
            className="button button-bad"
            disabled={unsubscribing.isPending}
            onClick={() => unsubscribing.mutate(undefined)}
          >
            {t('webhooks.withdrawAct')}
          </button>
        </div>
      </div>
    </details>
  );
}
