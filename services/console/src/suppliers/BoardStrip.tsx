import { useTranslation } from 'react-i18next';
import type { Board } from '../../../../schemas/api/board.ts';
import type { Filter } from '../api/onboardings.ts';
import { Figure } from '../figures/Figure.tsx';
import { useFormat } from '../ui/format.ts';
import { Pill } from '../ui/Pill.tsx';

/** How many stand at each stage, and how many of them are stuck; a stage is also a filter, its counts open. */
export function BoardStrip({
  board,
  filter,
  chosen,
  choose,
}: {
  readonly board: Board;
  /** What the board is narrowed to: its counts open to the same. */
  readonly filter: Filter;
  readonly chosen: string | undefined;
  readonly choose: (stage: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const asked = new URLSearchParams(
    Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  ).toString();
  const figureOf = (what: 'open' | 'overdue', stage: string): string =>
    `board/${what}/${stage}${asked === '' ? '' : `?${asked}`}`;
  return (
    <fieldset className="board">
      <legend className="hidden">{t('suppliers.stageBoard')}</legend>
      {board.stages.map(({ stage, open, stalled }) => (
        <div key={stage} className="board-stage" data-chosen={chosen === stage}>
          <button
            type="button"
            className="board-name"
            aria-pressed={chosen === stage}
            onClick={() => choose(chosen === stage ? undefined : stage)}
          >
            {t(`stage.${stage}`)}
          </button>
          <span className="key-value">
            <Figure id={open > 0 ? figureOf('open', stage) : null} label={t(`stage.${stage}`)}>
              {format.integer(open)}
            </Figure>
          </span>
          {stalled > 0 ? (
            <Pill tone="bad">
              <Figure
                id={figureOf('overdue', stage)}
                label={`${t(`stage.${stage}`)} ${t('suppliers.overdue')}`}
              >
                {t('suppliers.overdue')} {format.integer(stalled)}
              </Figure>
            </Pill>
          ) : (
            <span className="quiet">—</span>
          )}
        </div>
      ))}
    </fieldset>
  );
}
