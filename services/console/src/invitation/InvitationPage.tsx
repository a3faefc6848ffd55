import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ApiError } from '../api/client.ts';
import { useInvitationAnswer, useShownInvitation } from '../api/invitations.ts';
import { Frame, signOut } from '../app/Frame.tsx';
import { forgetInvitationCode, takeInvitationCode } from '../app/invitationCode.ts';
import type { Session } from '../app/session.ts';
import { Failed, Loading } from '../ui/States.tsx';
import { CodeForm } from './CodeForm.tsx';
import { InvitationCard } from './InvitationCard.tsx';

/** Opened by the link of an invitation: which firm, who invites, and the decision. */
export default function InvitationPage({ session }: { readonly session: Session }) {
  const { t } = useTranslation();
  const [code, setCode] = useState(takeInvitationCode);
  // Another link opened in the same tab changes the part behind `#` alone: the page is not loaded again.
  useEffect(() => {
    const take = (): void => setCode(takeInvitationCode());
    window.addEventListener('hashchange', take);
    return () => window.removeEventListener('hashchange', take);
  }, []);
  const { role } = session.tenancy;
  return (
    <Frame session={session}>
      <div className="stack narrow">
        <h1>{t('invited.title')}</h1>
        {role === 'supplier' ? (
          <Invited code={code} setCode={setCode} />
        ) : (
          <section className="card stack">
            <p>{t('invited.otherRole', { name: session.name, role: t(`role.${role}`) })}</p>
            <button type="button" className="button button-main" onClick={() => void signOut()}>
              {t('signIn.out')}
            </button>
          </section>
        )}
      </div>
    </Frame>
  );
}

function Invited({ code, setCode }: { readonly code: string; readonly setCode: (code: string) => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const invitation = useShownInvitation(code);
  const answer = useInvitationAnswer(code);
  const isUnknown = invitation.error instanceof ApiError && invitation.error.problem.code === 'NOT_FOUND';
  const decide = (given: Parameters<typeof answer.mutate>[0]): void =>
    answer.mutate(given, {
      onSuccess: ({ supplierUscc }) => {
        forgetInvitationCode();
        if (given === 'accept') void navigate(`/?firm=${supplierUscc}`, { replace: true });
      },
      // It may have been accepted, withdrawn or given a new code meanwhile.
      onError: () => void invitation.refetch(),
    });
  if (answer.isSuccess && answer.variables !== 'accept')
    return (
      <section className="card stack">
        <output>{t(`invited.answered.${answer.variables}`)}</output>
        <a className="button" href="/">
          {t('invited.home')}
        </a>
      </section>
    );
  if (code === '' || isUnknown)
    return (
      <CodeForm
        problem={isUnknown ? t('invited.unknown') : null}
        take={(typed) => {
          forgetInvitationCode();
          setCode(typed);
        }}
      />
    );
  if (invitation.data === undefined)
    return invitation.isError ? (
      <Failed error={invitation.error} retry={() => void invitation.refetch()} />
    ) : (
      <Loading />
    );
  return (
    <>
      <InvitationCard invitation={invitation.data} isPending={answer.isPending} decide={decide} />
      {answer.isError && <Failed error={answer.error} />}
    </>
  );
}
