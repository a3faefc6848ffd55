import { useTranslation } from 'react-i18next';
import type { Invitation, IssuedInvitation } from '../../../../schemas/api/invitations.ts';
import { useInvitations, useInviting, useWithdrawal } from '../api/invitations.ts';
import { useSupplier } from '../api/onboardings.ts';
import { useFormat } from '../ui/format.ts';
import { Pill, type PillTone } from '../ui/Pill.tsx';
import { ShownOnce } from '../ui/ShownOnce.tsx';
import { Failed, Loaded } from '../ui/States.tsx';
import { inviterInWords } from './inviter.ts';

const TONES: Readonly<Record<Invitation['state'], PillTone>> = {
  open: 'busy',
  accepted: 'good',
  expired: 'warn',
  declined: 'bad',
  withdrawn: 'plain',
  ended: 'plain',
};
const MAY_RESEND: ReadonlySet<Invitation['state']> = new Set(['open', 'expired', 'declined']);

/** Who was invited to act for a firm; invited here, given a new code, taken back. */
export function InvitationsCard({ uscc, isOwn }: { readonly uscc: string; readonly isOwn: boolean }) {
  const { t } = useTranslation();
  const invitations = useInvitations(uscc);
  const leaders = useSupplier(uscc).data?.leaders ?? [];
  const inviting = useInviting(uscc);
  const withdrawal = useWithdrawal(uscc);
  const isPending = inviting.isPending || withdrawal.isPending;
  return (
    <section className="card stack">
      <h2>{t(isOwn ? 'inviting.ownTitle' : 'inviting.title')}</h2>
      <p className="quiet">{t(isOwn ? 'inviting.ownText' : 'inviting.text')}</p>
      <Loaded query={invitations}>
        {({ items }) => {
          const isTaken = items.some(({ state }) => state === 'accepted');
          return (
            <>
              <ul className="rows">
                {items.length === 0 && <li className="quiet">{t('inviting.none')}</li>}
                {items.map((invitation) => (
                  <Row
                    key={invitation.invitationId}
                    invitation={invitation}
                    issuerName={
                      leaders.find((one) => invitation.issuer === `leader/${one.uscc}`)?.name ?? null
                    }
                    isPending={isPending}
                    resend={() => inviting.mutate(invitation.invitationId)}
                    {...(isOwn || invitation.state !== 'accepted'
                      ? { withdraw: () => withdrawal.mutate(invitation.invitationId) }
                      : {})}
                  />
                ))}
              </ul>
              {inviting.data !== undefined && <Code issued={inviting.data} />}
              {inviting.isError && <Failed error={inviting.error} />}
              {withdrawal.isError && <Failed error={withdrawal.error} />}
              {isTaken && !isOwn ? (
                <p className="quiet">{t('inviting.taken')}</p>
              ) : (
                <button
                  type="button"
                  className="button"
                  disabled={isPending}
                  onClick={() => inviting.mutate(null)}
                >
                  {t('inviting.invite')}
                </button>
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function Row({
  invitation,
  issuerName,
  isPending,
  resend,
  withdraw,
}: {
  readonly invitation: Invitation;
  /** Where it is one of the firm's leaders. */
  readonly issuerName: string | null;
  readonly isPending: boolean;
  readonly resend: () => void;
  readonly withdraw?: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { state, issuedAt, expiresAt, acceptedAt, acceptedBy, declinedBecause } = invitation;
  const isLive = MAY_RESEND.has(state);
  return (
    <li className="split">
      <span>
        <Pill tone={TONES[state]}>{t(`inviting.state.${state}`)}</Pill>{' '}
        {inviterInWords(t, { issuer: invitation.issuer, issuerName })}
        <br />
        <span className="quiet">
          {t('inviting.issued', { day: format.day(issuedAt) })}
          {acceptedBy !== null &&
            ` · ${t('inviting.acceptedBy', { name: acceptedBy, day: format.day(acceptedAt) })}`}
          {state === 'open' && ` · ${t('inviting.until', { day: format.day(expiresAt) })}`}
          {state === 'declined' &&
            declinedBecause !== null &&
            ` · ${t(`inviting.because.${declinedBecause}`)}`}
        </span>
      </span>
      <span className="buttons">
        {isLive && (
          <button type="button" className="button" disabled={isPending} onClick={resend}>
            {t('inviting.resend')}
          </button>
        )}
        {withdraw !== undefined && (isLive || state === 'accepted') && (
          <button type="button" className="button" disabled={isPending} onClick={withdraw}>
            {t(state === 'accepted' ? 'inviting.end' : 'inviting.withdraw')}
          </button>
        )}
      </span>
    </li>
  );
}

/** The link and the code are shown this once: nobody can read them again. */
function Code({ issued }: { readonly issued: IssuedInvitation }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ShownOnce
      said={t('inviting.once', { day: format.day(issued.expiresAt) })}
      label={t('inviting.link')}
      value={issued.link}
    >
      <p>
        {t('invited.code')}: <code>{issued.code}</code>
      </p>
    </ShownOnce>
  );
}
