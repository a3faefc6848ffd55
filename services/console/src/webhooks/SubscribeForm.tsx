import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSubscribing } from '../api/webhooks.ts';
import { ShownOnce } from '../ui/ShownOnce.tsx';
import { Failed } from '../ui/States.tsx';

const NOTHING = { url: '', description: '' };

/** Has an address told from now on; its secret is shown this once. */
export function SubscribeForm() {
  const { t } = useTranslation();
  const subscribing = useSubscribing();
  const [asked, setAsked] = useState(NOTHING);
  return (
    <section className="card">
      <h2>{t('webhooks.create')}</h2>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          subscribing.mutate(asked, { onSuccess: () => setAsked(NOTHING) });
        }}
      >
        <div className="pair">
          <label className="field">
            <span>{t('webhooks.url')}</span>
            <input
              type="url"
              required
              maxLength={2_000}
              placeholder="https://"
              autoComplete="off"
              value={asked.url}
              onChange={(event) => setAsked({ ...asked, url: event.target.value })}
            />
          </label>
          <label className="field">
            <span>{t('webhooks.description')}</span>
            <input
              maxLength={200}
              value={asked.description}
              onChange={(event) => setAsked({ ...asked, description: event.target.value })}
            />
          </label>
        </div>
        <p className="quiet">{t('webhooks.hint')}</p>
        {subscribing.isError && <Failed error={subscribing.error} />}
        {subscribing.data !== undefined && (
          <ShownOnce
            said={t('webhooks.once')}
            label={t('webhooks.secret')}
            value={subscribing.data.secret}
            onKept={() => subscribing.reset()}
          />
        )}
        <button type="submit" className="button" disabled={subscribing.isPending}>
          {t('webhooks.createAct')}
        </button>
      </form>
    </section>
  );
}
