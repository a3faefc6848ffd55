import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../../../schemas/api/findings.ts';
import { post } from '../api/client.ts';
import { newId } from '../api/newId.ts';
import { useFormat } from '../ui/format.ts';
import { GroundsField } from '../ui/GroundsField.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Failed } from '../ui/States.tsx';
import { FindingFacts } from './FindingFacts.tsx';
import { findingInWords, ownerInWords } from './findingWords.ts';

type Act = 'assigned' | 'replied' | 'closed' | 'appealed';
const OUTCOMES = ['upheld', 'dismissed', 'mended'] as const;

/** One finding: what it rests on, what was done about it, and what may be done now. */
export function FindingPanel({
  finding,
  isConcerned = false,
  onClose,
}: {
  readonly finding: Finding;
  /** Read by a firm that it concerns, which answers and appeals, and decides nothing. */
  readonly isConcerned?: boolean;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Panel title={findingInWords(t, finding.code)} onClose={onClose}>
      <div className="stack">
        <code className="quiet">{finding.id}</code>
        <dl className="facts">
          <dt>{t('findings.stateLabel')}</dt>
          <dd>
            {t(`findings.state.${finding.state}`)}
            {finding.outcome !== null && ` · ${t(`findings.outcome.${finding.outcome}`)}`}
          </dd>
          <dt>{t('findings.owner')}</dt>
          <dd>{ownerInWords(t, finding.owner)}</dd>
          <dt>{t('findings.due')}</dt>
          <dd className="number">{format.day(finding.dueOn)}</dd>
          <dt>{t('findings.entities')}</dt>
          <dd>{finding.entities.join(' · ')}</dd>
        </dl>
        {!finding.isCurrent && <p className="notice">{t('findings.gone')}</p>}
        <section>
          <h3>{t('findings.evidence')}</h3>
          <ul className="rows">
            {finding.evidence.map((one) => (
              <li key={JSON.stringify(one)}>
                <FindingFacts facts={one} />
              </li>
            ))}
          </ul>
        </section>
        <section>
          <h3>{t('findings.history')}</h3>
          {finding.history.length === 0 && <p className="quiet">{t('findings.noHistory')}</p>}
          <ol className="timeline">
            {finding.history.map((one) => (
              <li key={`${one.at} ${one.act}`}>
                <strong>{t(`findings.act.${one.act}`)}</strong> {one.actor}{' '}
                <span className="quiet">{format.minute(one.at)}</span>
                <div>
                  {one.furtherFacts === undefined
                    ? one.text
                    : t('findings.furtherFacts', { count: one.furtherFacts })}
                </div>
              </li>
            ))}
          </ol>
        </section>
        <ActForm key={finding.state} finding={finding} isConcerned={isConcerned} />
      </div>
    </Panel>
  );
}

/** A closed finding takes an appeal alone, an open one anything else. */
const actsOn = ({ state }: Finding, isConcerned: boolean): readonly Act[] => {
  if (state === 'closed') return ['appealed'];
  return isConcerned ? ['replied'] : ['replied', 'assigned', 'closed'];
};

function ActForm({ finding, isConcerned }: { readonly finding: Finding; readonly isConcerned: boolean }) {
  const { t } = useTranslation();
  const acts = actsOn(finding, isConcerned);
  const [act, setAct] = useState<Act>(acts[0] ?? 'replied');
  const queries = useQueryClient();
  const actId = useRef(newId());
  const send = useMutation({
    mutationFn: (fields: object) =>
      post(
        '/api/v1/findings/acts',
        { act, findingId: finding.id, actId: actId.current, ...fields },
        actId.current,
      ),
    onSuccess: async () => {
      actId.current = newId();
      await queries.invalidateQueries({ queryKey: ['findings'] });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    send.mutate(Object.fromEntries(new FormData(form)), { onSuccess: () => form.reset() });
  };
  return (
    <form className="stack no-print" onSubmit={submit}>
      {acts.length > 1 && (
        <label className="field">
          <span>{t('findings.do')}</span>
          <select value={act} onChange={(event) => setAct(event.target.value as Act)}>
            {acts.map((one) => (
              <option key={one} value={one}>
                {t(`findings.act.${one}`)}
              </option>
            ))}
          </select>
        </label>
      )}
      {act === 'assigned' && (
        <>
          <label className="field">
            <span>{t('findings.owner')}</span>
            <input name="owner" required maxLength={120} />
          </label>
          <label className="field">
            <span>{t('findings.due')}</span>
            <input name="dueOn" type="date" required />
          </label>
        </>
      )}
      {act === 'closed' && (
        <label className="field">
          <span>{t('findings.outcomeLabel')}</span>
          <select name="outcome">
            {OUTCOMES.map((outcome) => (
              <option key={outcome} value={outcome}>
                {t(`findings.outcome.${outcome}`)}
              </option>
            ))}
          </select>
        </label>
      )}
      {act !== 'assigned' && <GroundsField label={t('findings.text')} name="text" rows={3} />}
      {send.isError && <Failed error={send.error} />}
      {send.isSuccess && <output className="notice notice-good">{t('action.done')}</output>}
      <button type="submit" className="button button-main" disabled={send.isPending}>
        {t(acts.length > 1 ? 'action.send' : `findings.act.${act}`)}
      </button>
    </form>
  );
}
