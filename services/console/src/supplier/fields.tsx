import { useTranslation } from 'react-i18next';
import type { FailureReason } from '../../../../schemas/onboarding.ts';
import { asWords, reasonInWords } from '../ui/words.ts';

type Reason = Required<FailureReason>;

/** A choice among steps, the one that is most likely meant first. */
export function StepField({
  label,
  steps,
  value,
  change,
}: {
  readonly label: string;
  readonly steps: readonly string[];
  readonly value: string;
  readonly change: (step: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <label className="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => change(event.target.value)}>
        {steps.map((name) => (
          <option key={name} value={name}>
            {t(`step.${name}`, { defaultValue: asWords(name) })}
          </option>
        ))}
      </select>
    </label>
  );
}

const codeOf = ({ group, cause }: Reason): string => `${group}/${cause}`;

/** A reason, which nobody chooses for the firm: empty at first, and needed. */
export function ReasonField({
  label,
  reasons,
  value,
  change,
}: {
  readonly label: string;
  readonly reasons: readonly Reason[];
  readonly value: Reason | null;
  readonly change: (reason: Reason | null) => void;
}) {
  const { t } = useTranslation();
  return (
    <label className="field">
      <span>{label}</span>
      <select
        required
        value={value === null ? '' : codeOf(value)}
        onChange={(event) => change(reasons.find((one) => codeOf(one) === event.target.value) ?? null)}
      >
        <option value="" />
        {reasons.map((one) => (
          <option key={codeOf(one)} value={codeOf(one)}>
            {reasonInWords(t, codeOf(one))}
          </option>
        ))}
      </select>
    </label>
  );
}
