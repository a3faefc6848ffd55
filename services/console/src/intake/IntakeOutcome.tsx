import type { UseMutationResult } from '@tanstack/react-query';
import type { IntakeAnswer } from '../../../../schemas/api/intake.ts';
import { Failed } from '../ui/States.tsx';
import { RefusalReason } from './RefusalReason.tsx';

/** What came of events that were sent: not delivered, refused with the reason, or taken. */
export function IntakeOutcome({
  send,
  taken,
}: {
  readonly send: Pick<UseMutationResult<IntakeAnswer>, 'isError' | 'isSuccess' | 'error' | 'data'>;
  /** Said when all was taken. */
  readonly taken: string;
}) {
  if (send.isError) return <Failed error={send.error} />;
  const refused = send.data?.receipts.find(({ outcome }) => outcome === 'refused');
  if (refused?.outcome === 'refused')
    return (
      <div className="field-error" role="alert">
        <RefusalReason
          code={refused.code}
          explanation={refused.explanation ?? ''}
          explanationZh={refused.explanationZh}
          remedy={refused.remedy ?? null}
        />
      </div>
    );
  return send.isSuccess ? <output className="notice notice-good">{taken}</output> : null;
}
