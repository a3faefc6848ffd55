export type Tone = 'done' | 'open' | 'good' | 'warn' | 'bad' | 'quiet';

export interface BarPart {
  readonly share: number;
  readonly tone: Tone;
}

/** Shares of a whole side by side; `marks` are thresholds. Read by people only: the figures stand beside it. */
export function Bar({
  parts,
  marks = [],
}: {
  readonly parts: readonly BarPart[];
  readonly marks?: readonly number[];
}) {
  let from = 0;
  return (
    <svg className="bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
      {parts.map((part) => {
        const x = from;
        const width = Math.max(0, Math.min(100 - x, part.share * 100));
        from += width;
        return <rect key={part.tone} className={`tone-${part.tone}`} x={x} y={0} width={width} height={12} />;
      })}
      {marks.map((mark) => (
        <line
          key={mark}
          className="mark"
          x1={mark * 100}
          x2={mark * 100}
          y1={0}
          y2={12}
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </svg>
  );
}
