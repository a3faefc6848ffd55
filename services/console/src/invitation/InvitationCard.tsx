import { useTranslation } from 'react-i18next';
import type { Invitation, ShownInvitation } from '../../../../schemas/api/invitations.ts';
import { useFormat } from '../ui/format.ts';
import { inviterInWords } from './inviter.ts';

/** The firm and who invites; to be decided, or why there is nothing to decide and what to do next. */
export function InvitationCard({
  invitation,
  isPending,
  decide,
}: {
  readonly invitation: ShownInvitation;
  readonly isPending: boolean;
  readonly decide: (answer: 'accept' | NonNullable<Invitation['declinedBecause']>) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { supplierName, supplierUscc, programme, platform, state, expiresAt, isOwn } = invitation;
  const who = inviterInWords(t, invitation);
  return (
    <section className={state === 'open' && !isOwn ? 'card stack next' : 'card stack'}>
      <div>
        <p className="key-value">{supplierName ?? supplierUscc}</p>
        <code className="quiet">{supplierUscc}</code>
      </div>
      <dl className="facts">
        <dt>{t('invited.by')}</dt>
        <dd>{who}</dd>
        {programme !== null && (
          <>
            <dt>{t('suppliers.programme')}</dt>
            <dd>{programme}</dd>
          </>
        )}
        {platform !== null && (
          <>
            <dt>{t('suppliers.platform')}</dt>
            <dd>{platform}</dd>
          </>
        )}
        <dt>{t('invited.until')}</dt>
        <dd>{format.minute(expiresAt)}</dd>
      </dl>
      {isOwn ? (
        <>
          <p>{t('invited.own')}</p>
          <a className="button button-main" href={`/?firm=${supplierUscc}`}>
            {t('invited.open')}
          </a>
        </>
      ) : state === 'open' ? (
        <>
          <p>{t('invited.text')}</p>
          <button
            type="button"
            className="button button-main"
            disabled={isPending}
            onClick={() => decide('accept')}
          >
            {t('invited.accept')}
          </button>
          <div className="buttons">
            <button
              type="button"
              className="button"
              disabled={isPending}
              onClick={() => decide('not-our-firm')}
            >
              {t('invited.notOurs')}
            </button>
            <button type="button" className="button" disabled={isPending} onClick={() => decide('refused')}>
              {t('invited.refuse')}
            </button>
          </div>
        </>
      ) : (
        <div className="notice" role="alert">
          <strong>{t(`invited.closed.${state}`)}</strong>
          <p>{t(`invited.next.${state}`, { who })}</p>
        </div>
      )}
    </section>
  );
}
