import type { ReactNode } from 'react';

export type PillTone = 'good' | 'warn' | 'bad' | 'busy' | 'plain';

export function Pill({ tone, children }: { readonly tone: PillTone; readonly children: ReactNode }) {
  return <span className={tone === 'plain' ? 'pill' : `pill pill-${tone}`}>{children}</span>;
}
