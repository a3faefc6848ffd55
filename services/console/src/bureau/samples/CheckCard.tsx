import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkPaperDetail } from '../../../../../schemas/api/samples.ts';
import { postFile } from '../../api/client.ts';
import { useFormat } from '../../ui/format.ts';
import { Pill } from '../../ui/Pill.tsx';
import { Failed } from '../../ui/States.tsx';
import { fieldsOf, usePaperAct } from './usePaperAct.ts';

type Check = WorkPaperDetail['checks'][number];
const OUTCOMES = ['passed', 'failed', 'not-applicable'] as const;
const TONES = { passed: 'good', failed: 'bad', 'not-applicable': 'plain' } as const;
const TAKEN = 'image/*,.pdf,.docx,.xlsx,.xml,.ofd,.csv';

/** One check: what the record holds for it, what was found by whom, its files, and a form while the paper is open. */
export function CheckCard({
  paper,
  check,
  children,
}: {
  readonly paper: WorkPaperDetail;
  readonly check: Check;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { standing } = check;
  const title = t(`samples.check.${check.check}`);
  return (
    <section className="card stack" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        {standing === null ? (
          <Pill tone="warn">{t('samples.notChecked')}</Pill>
        ) : (
          <Pill tone={TONES[standing.outcome]}>{t(`samples.outcome.${standing.outcome}`)}</Pill>
        )}
      </div>
      {children}
      {standing !== null && (
        <p>
          <strong>{standing.actor.name}</strong> <span className="quiet">{format.minute(standing.at)}</span>
          {standing.comment !== null && <> {standing.comment}</>}
        </p>
      )}
      {check.files.length > 0 && (
        <ul className="rows">
          {check.files.map(({ sha256, fileName, actor, at }) => (
            <li key={sha256} className="split">
              <a href={`/api/v1/samples/${paper.drawId}/papers/${paper.uscc}/files/${sha256}`} download>
                {fileName}
              </a>
              <span className="quiet">
                {actor.name} {format.minute(at)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {paper.status === 'open' && <CheckForm paper={paper} check={check.check} />}
    </section>
  );
}

function CheckForm({ paper, check }: { readonly paper: WorkPaperDetail; readonly check: Check['check'] }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const record = usePaperAct(paper);
  const attach = useMutation({
    mutationFn: (file: File) =>
      postFile(
        `/api/v1/samples/${paper.drawId}/papers/${paper.uscc}/files`,
        { check, fileName: file.name },
        file,
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['samples'] }),
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    record.mutate({ act: 'checked', check, ...fieldsOf(form) }, { onSuccess: () => form.reset() });
  };
  return (
    <form className="stack no-print" onSubmit={submit}>
      <div className="pair">
        <label className="field">
          <span>{t('samples.outcomeLabel')}</span>
          <select name="outcome">
            {OUTCOMES.map((outcome) => (
              <option key={outcome} value={outcome}>
                {t(`samples.outcome.${outcome}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{t('samples.comment')}</span>
          <input name="comment" maxLength={2000} placeholder={t('samples.commentNote')} />
        </label>
      </div>
      <div className="buttons">
        <button type="submit" className="button button-main" disabled={record.isPending}>
          {t('samples.save')}
        </button>
        <label className="button">
          {t('samples.attach')}
          <input
            className="hidden"
            type="file"
            accept={TAKEN}
            onChange={(event) => {
              const [file] = event.target.files ?? [];
              if (file !== undefined) attach.mutate(file);
              event.target.value = '';
            }}
          />
        </label>
      </div>
      {record.isError && <Failed error={record.error} />}
      {attach.isError && <Failed error={attach.error} />}
    </form>
  );
}
