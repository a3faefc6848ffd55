import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { z } from 'zod';
import type { ConsentList } from '../../../../schemas/api/consent.ts';
import { get, post } from '../api/client.ts';
import { newId } from '../api/newId.ts';
import { useSupplier } from '../api/onboardings.ts';
import { INVITATION_PAGE } from '../app/invitationCode.ts';
import { InvitationsCard } from '../invitation/InvitationsCard.tsx';
import { Pill } from '../ui/Pill.tsx';
import { Empty, Failed, Loaded } from '../ui/States.tsx';
import { DelegationCard } from './DelegationCard.tsx';

const SCOPES = ['cost', 'revenue', 'stock'] as const;
type Scope = (typeof SCOPES)[number];

/** What each leader may see of our absolute figures; given and taken back one scope at a time. */
export default function ConsentPage({ uscc }: { readonly uscc: string }) {
  const { t } = useTranslation();
  const supplier = useSupplier(uscc);
  return (
    <div className="stack">
      <h1>{t('consent.title')}</h1>
      <p>{t('consent.text')}</p>
      <Loaded
        query={supplier}
        isEmpty={({ leaders }) => leaders.length === 0}
        empty={<Empty title={t('consent.noLeader')} />}
      >
        {(firm) =>
          firm.leaders.map((leader) => (
            <section key={leader.uscc} className="card">
              <h2>{leader.name ?? leader.uscc}</h2>
              <Scopes supplier={uscc} leader={leader.uscc} />
            </section>
          ))
        }
      </Loaded>
      <DelegationCard uscc={uscc} />
      <InvitationsCard uscc={uscc} isOwn />
      <p>
        <Link to={INVITATION_PAGE}>{t('invited.enter')}</Link>
      </p>
    </div>
  );
}

function Scopes({ supplier, leader }: { readonly supplier: string; readonly leader: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const consents = useQuery({
    queryKey: ['consents', supplier],
    queryFn: () => get<z.infer<typeof ConsentList>>('/api/v1/consents', { supplier }),
  });
  const change = useMutation({
    mutationFn: ({ scope, give }: { readonly scope: Scope; readonly give: boolean }) =>
      post(
        give ? '/api/v1/consents' : '/api/v1/consents/withdrawals',
        { supplier, leader, scopes: [scope] },
        newId(),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['consents', supplier] }),
  });
  return (
    <Loaded query={consents}>
      {({ items }) => {
        const given = items.find(
          ({ kind, granteeUscc }) => kind === 'consent' && granteeUscc === leader,
        )?.scopes;
        return (
          <ul className="rows">
            {SCOPES.map((scope) => {
              const isGiven = given?.includes(scope) ?? false;
              return (
                <li key={scope} className="split">
                  <span>
                    {t(`consent.scope.${scope}`)}{' '}
                    <Pill tone={isGiven ? 'good' : 'plain'}>
                      {t(isGiven ? 'consent.given' : 'consent.notGiven')}
                    </Pill>
                  </span>
                  <button
                    type="button"
                    className="button"
                    disabled={change.isPending}
                    onClick={() => change.mutate({ scope, give: !isGiven })}
                  >
                    {t(isGiven ? 'consent.revoke' : 'consent.give')}
                  </button>
                </li>
              );
            })}
            {change.isError && <Failed error={change.error} />}
          </ul>
        );
      }}
    </Loaded>
  );
}
