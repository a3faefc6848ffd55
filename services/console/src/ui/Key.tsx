import type { ReactNode } from 'react';

/** A figure that stands by itself, with what it is and a remark. */
export function Key({
  label,
  note,
  children,
}: {
  readonly label: string;
  readonly note?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className="card">
      <div className="key-label">{label}</div>
      <div className="key-value">{children}</div>
      {note !== undefined && <div className="key-note">{note}</div>}
    </div>
  );
}
