import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EvidenceHandedIn } from '../../../../schemas/api/evidence.ts';
import type { ActTarget } from '../api/acts.ts';
import { postFile } from '../api/client.ts';
import { useFormat } from '../ui/format.ts';
import { Failed } from '../ui/States.tsx';
import { StepField } from './fields.tsx';

const KINDS = ['contract', 'invoice', 'payment', 'other'] as const;
const MAX_BYTES = 20 * 1024 * 1024;
const TAKEN = '.pdf,.png,.jpg,.jpeg,.tif,.tiff,.docx,.xlsx,.xml,.ofd,.csv';
const SHOWN_HASH = 12;

/** Hands in a document for a step: by the camera or as a file. */
export function EvidenceCard({
  target,
  steps,
}: {
  readonly target: ActTarget;
  /** Steps that a document can be handed in for, the supplier's own first. */
  readonly steps: readonly string[];
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [step, setStep] = useState(steps[0] ?? '');
  const [kind, setKind] = useState<string>('other');
  const [file, setFile] = useState<File | null>(null);
  const send = useMutation({
    mutationFn: (chosen: File) =>
      postFile<EvidenceHandedIn>(
        `/api/v1/suppliers/${target.supplierUscc}/evidence`,
        { programme: target.programme, platform: target.platform, step, kind, fileName: chosen.name },
        chosen,
      ),
    onSuccess: async () => {
      setFile(null);
      await queries.invalidateQueries();
    },
  });
  const isTooLarge = file !== null && file.size > MAX_BYTES;
  const pick = (label: string, accept: string, capture?: 'environment') => (
    <label className="button pick">
      {label}
      <input
        className="hidden"
        type="file"
        accept={accept}
        capture={capture}
        onChange={(event) => setFile(event.target.files?.[0] ?? null)}
      />
    </label>
  );
  return (
    <form
      className="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (file !== null) send.mutate(file);
      }}
    >
      <h3>{t('evidence.title')}</h3>
      <p className="quiet">{t('evidence.text')}</p>
      <div className="pair">
        <StepField label={t('evidence.step')} steps={steps} value={step} change={setStep} />
        <label className="field">
          <span>{t('evidence.kind')}</span>
          <select value={kind} onChange={(event) => setKind(event.target.value)}>
            {KINDS.map((name) => (
              <option key={name} value={name}>
                {t(`evidence.kinds.${name}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div className="buttons">
        {pick(t('evidence.camera'), 'image/*', 'environment')}
        {pick(t('evidence.file'), TAKEN)}
      </div>
      {file !== null && (
        <output>{t('evidence.picked', { name: file.name, size: format.bytes(file.size) })}</output>
      )}
      {isTooLarge && (
        <p className="field-error" role="alert">
          {t('evidence.tooLarge')}
        </p>
      )}
      {send.isError && <Failed error={send.error} />}
      {send.isSuccess && file === null && (
        <output className="notice notice-good">
          {t('evidence.sent', {
            name: send.variables.name,
            hash: send.data.sha256.slice(0, SHOWN_HASH),
          })}
        </output>
      )}
      <button
        type="submit"
        className="button button-main"
        disabled={file === null || isTooLarge || step === '' || send.isPending}
      >
        {t('evidence.send')}
      </button>
    </form>
  );
}
