import { useTranslation } from 'react-i18next';
import { useWebhooks } from '../api/webhooks.ts';
import { Empty, Loaded } from '../ui/States.tsx';
import { SubscribeForm } from './SubscribeForm.tsx';
import { WebhookCard } from './WebhookCard.tsx';

/** Addresses at which somebody's system is told how onboardings stand; what was sent there, and what could not be. */
export default function WebhooksPage() {
  const { t } = useTranslation();
  const webhooks = useWebhooks();
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t('webhooks.title')}</h1>
        <span className="quiet">{t('webhooks.remark')}</span>
      </div>
      <SubscribeForm />
      <Loaded
        query={webhooks}
        isEmpty={({ items }) => items.length === 0}
        empty={<Empty title={t('webhooks.none')} text={t('webhooks.noneText')} />}
      >
        {({ items }) => {
          const kept = items.filter(({ endedBecause }) => endedBecause !== 'withdrawn');
          const withdrawn = items.filter(({ endedBecause }) => endedBecause === 'withdrawn');
          return (
            <>
              {kept.map((webhook) => (
                <WebhookCard key={webhook.id} webhook={webhook} />
              ))}
              {withdrawn.length > 0 && (
                <details>
                  <summary>{t('webhooks.withdrawn', { count: withdrawn.length })}</summary>
                  <div className="stack">
                    {withdrawn.map((webhook) => (
                      <WebhookCard key={webhook.id} webhook={webhook} />
                    ))}
                  </div>
                </details>
              )}
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
