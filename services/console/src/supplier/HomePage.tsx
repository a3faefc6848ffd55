import { useTranslation } from 'react-i18next';
import type { SupplierDetail } from '../../../../schemas/api/supplier.ts';
import { useSupplier } from '../api/onboardings.ts';
import { LevelNotice } from '../suppliers/LevelNotice.tsx';
import { Outcomes } from '../suppliers/Outcomes.tsx';
import { StatusPill } from '../suppliers/StatusPill.tsx';
import { Steps } from '../suppliers/Steps.tsx';
import { Empty, Loaded } from '../ui/States.tsx';
import { EvidenceCard } from './EvidenceCard.tsx';
import { HelpForm } from './HelpForm.tsx';
import { NextStep } from './NextStep.tsx';
import { Remedies } from './Remedies.tsx';
import { WithdrawForm } from './WithdrawForm.tsx';

/** Where we stand, what is next, who waits for whom. */
export function HomePage({ uscc }: { readonly uscc: string }) {
  const { t } = useTranslation();
  const supplier = useSupplier(uscc);
  return (
    <Loaded
      query={supplier}
      isEmpty={(firm) => firm.onboardings.length === 0}
      empty={<Empty title={t('home.noOnboarding')} />}
    >
      {(firm) => (
        <div className="stack">
          <h1>{firm.name ?? firm.uscc}</h1>
          {firm.onboardings.map((onboarding) => {
            const target = {
              supplierUscc: uscc,
              platform: onboarding.platform,
              programme: onboarding.programme,
            };
            const open = openSteps(onboarding.steps);
            return (
              <section key={onboarding.workflowId} className="stack">
                <div className="split">
                  <h2>
                    {onboarding.programme} · {onboarding.platform}
                  </h2>
                  <StatusPill status={onboarding.status} />
                </div>
                <LevelNotice levels={firm.levels} programme={onboarding.programme} />
                {onboarding.status === 'ACTIVE' && (
                  <>
                    <NextStep steps={onboarding.steps} target={target} />
                    <Remedies onboarding={onboarding} target={target} />
                    <EvidenceCard key={open.join()} target={target} steps={open} />
                    <HelpForm target={target} steps={open} />
                  </>
                )}
                <section className="card">
                  <h3>{t('home.checklist')}</h3>
                  <Steps steps={onboarding.steps} />
                  <Outcomes onboarding={onboarding} />
                </section>
                {onboarding.status === 'ACTIVE' && <WithdrawForm target={target} />}
              </section>
            );
          })}
        </div>
      )}
    </Loaded>
  );
}

type Step = SupplierDetail['onboardings'][number]['steps'][number];

/** Steps that wait for somebody, the supplier's own first. */
function openSteps(steps: readonly Step[]): string[] {
  const open = steps.filter(({ waitingOn }) => waitingOn !== null);
  const own = open.filter(({ waitingOn }) => waitingOn === 'supplier');
  return [...own, ...open.filter(({ waitingOn }) => waitingOn !== 'supplier')].map(({ step }) => step);
}
