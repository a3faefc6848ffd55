import type { FirmYear } from '../domain/firmYear.ts';

/** How much is kept at most; one month or one statement weighs 1 and takes about 250 bytes. */
const MAX_WEIGHT = 120_000;

/**
 * Firm-years as the last batches left them, so that the next one need not read them again. Only an optimisation: they hold
 * as long as nobody else has taken a turn at the read models since (`mark` counts the turns).
 */
export class OpenDocuments {
  private readonly documents = new Map<string, FirmYear>();
  private readonly weights = new Map<string, number>();
  private weight = 0;
  private mark: number | null = null;

  /** Forgets everything unless nobody has moved the read models since `settle` was given this mark. */
  begin(mark: number): void {
    if (mark !== this.mark) this.clear();
  }

  get(id: string): FirmYear | undefined {
    return this.documents.get(id);
  }

  /** Takes over what a batch wrote, once that is durable; those used longest ago make room. */
  settle(mark: number, written: ReadonlyMap<string, FirmYear | null>): void {
    this.mark = mark;
    for (const [id, document] of written) {
      this.forget(id);
      if (document === null) continue;
      const weight = weightOf(document);
      this.documents.set(id, document);
      this.weights.set(id, weight);
      this.weight += weight;
    }
    for (const id of this.documents.keys()) {
      if (this.weight <= MAX_WEIGHT) return;
      this.forget(id);
    }
  }

  clear(): void {
    this.documents.clear();
    this.weights.clear();
    this.weight = 0;
    this.mark = null;
  }

  private forget(id: string): void {
    this.weight -= this.weights.get(id) ?? 0;
    this.weights.delete(id);
    this.documents.delete(id);
  }
}

/** Number of months and statements that a firm-year holds; a list of durations counts by its entries. */
export function weightOf(document: FirmYear): number {
  let weight = 1;
  for (const month of Object.values(document.months)) {
    weight += 1 + Object.keys(month.approvals?.seconds ?? {}).length / 4;
    for (const slots of Object.values(month.slots ?? {})) weight += Object.keys(slots ?? {}).length;
  }
  return weight;
}
