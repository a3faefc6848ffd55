import { useTranslation } from 'react-i18next';
import type { Board } from '../../../../schemas/api/board.ts';
import { useFormat } from '../ui/format.ts';
import { Pill } from '../ui/Pill.tsx';

/** How many stand at each stage, and how many of them are stuck; a stage is also a filter. */
export function BoardStrip({
  board,
  chosen,
  choose,
}: {
  readonly board: Board;
  readonly chosen: string | undefined;
  readonly choose: (stage: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <fieldset className="board">
      <legend className="hidden">{t('suppliers.stageBoard')}</legend>
      {board.stages.map(({ stage, open, stalled }) => (
        <button
          key={stage}
          type="button"
          className="board-stage"
          aria-pressed={chosen === stage}
          onClick={() => choose(chosen === stage ? undefined : stage)}
        >
          <span className="key-label">{t(`stage.${stage}`)}</span>
          <span className="key-value">{format.integer(open)}</span>
          {stalled > 0 ? (
            <Pill tone="bad">
              {t('suppliers.overdue')} {format.integer(stalled)}
            </Pill>
          ) : (
            <span className="quiet">—</span>
          )}
        </button>
      ))}
    </fieldset>
  );
}
