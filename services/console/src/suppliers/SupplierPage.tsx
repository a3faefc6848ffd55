import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import type { ActTarget } from '../api/acts.ts';
import { useSupplier } from '../api/onboardings.ts';
import { useSession } from '../app/session.ts';
import { FiguresCard } from '../figures/FiguresCard.tsx';
import { InvitationsCard } from '../invitation/InvitationsCard.tsx';
import { useFormat } from '../ui/format.ts';
import { Empty, Loaded } from '../ui/States.tsx';
import { History } from './History.tsx';
import { LevelNotice } from './LevelNotice.tsx';
import { Outcomes } from './Outcomes.tsx';
import { StatusPill } from './StatusPill.tsx';
import { Steps } from './Steps.tsx';

/** Who may invite somebody to act for a firm that is not their own. */
const INVITERS: ReadonlySet<string> = new Set(['leader', 'bureau', 'operator']);

/** Who gives a step back for completion; the onboarding itself refuses everybody else. */
const REVIEWERS: ReadonlySet<string> = new Set(['bureau', 'operator']);

const targetOf = (
  supplierUscc: string,
  { platform, programme }: Omit<ActTarget, 'supplierUscc'>,
): ActTarget => ({
  supplierUscc,
  platform,
  programme,
});

/** One supplier: its steps, who is waited for, all that happened, and what it gained. */
export default function SupplierPage() {
  const { uscc = '' } = useParams();
  const { t } = useTranslation();
  const format = useFormat();
  const supplier = useSupplier(uscc);
  const tenancy = useSession().data?.tenancy;
  const role = tenancy?.role;
  return (
    <div className="stack">
      <Link to="/suppliers" className="no-print">
        ← {t('suppliers.title')}
      </Link>
      <Loaded query={supplier}>
        {(firm) => (
          <>
            <div className="page-head">
              <h1>{firm.name ?? firm.uscc}</h1>
              <code className="quiet">{firm.uscc}</code>
            </div>
            {firm.onboardings.length === 0 && <Empty title={t('state.empty')} />}
            {firm.onboardings.map((onboarding) => (
              <section key={onboarding.workflowId} className="card">
                <div className="card-head">
                  <h2>
                    {onboarding.programme} · {onboarding.platform}
                  </h2>
                  <span>
                    <StatusPill status={onboarding.status} />{' '}
                    <span className="quiet">{format.day(onboarding.nominatedAt)}</span>
                  </span>
                </div>
                {onboarding.stall.length > 0 && (
                  <div className="notice">
                    <strong>{t('stall.title')}</strong>
                    <ul>
                      {onboarding.stall.map(({ rule, stage, days, usualDays }) => (
                        <li key={`${rule} ${stage}`}>
                          {t(`stall.rule.${rule}`)} · {t(`stage.${stage}`)}
                          {days !== null && ` · ${t('stall.days', { days, usual: usualDays ?? '—' })}`}
                        </li>
                      ))}
                    </ul>
                  </div>
                )}
                <LevelNotice levels={firm.levels} programme={onboarding.programme} />
                <div className="columns">
                  <Steps
                    steps={onboarding.steps}
                    auditFor={role === 'financial-auditor' ? targetOf(firm.uscc, onboarding) : null}
                    rateAs={
                      tenancy?.role === 'rater'
                        ? { target: targetOf(firm.uscc, onboarding), rater: tenancy.rater }
                        : null
                    }
                    returnFor={REVIEWERS.has(role ?? '') ? targetOf(firm.uscc, onboarding) : null}
                  />
                  <History entries={onboarding.history} />
                </div>
                <Outcomes onboarding={onboarding} />
              </section>
            ))}
            {INVITERS.has(role ?? '') && <InvitationsCard uscc={firm.uscc} isOwn={false} />}
            <FiguresCard uscc={firm.uscc} isOwn={false} />
          </>
        )}
      </Loaded>
    </div>
  );
}
