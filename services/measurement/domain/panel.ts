/** One figure of one firm and month. */
export interface PanelCell {
  readonly uscc: string;
  readonly period: string;
  readonly numerator: number;
  readonly denominator: number;
}

/**
 * One KPI of many firms over some months: numerators and denominators as one row of numbers a firm, outside the heap. As objects, the
 * 720,000 figures of 20,000 firms over three years cost more time to keep than to read.
 */
export class Panel {
  private readonly rows = new Map<string, Float64Array>();
  private readonly places: ReadonlyMap<string, number>;
  /** Figures come firm by firm: each is looked up once. */
  private current: { readonly uscc: string; readonly row: Float64Array } = {
    uscc: '',
    row: new Float64Array(),
  };
  /** How many figures there are. */
  size = 0;

  /** @param periods in rising order */
  constructor(private readonly periods: readonly string[]) {
    this.places = new Map(periods.map((period, index) => [period, 2 * index]));
  }

  /** Firms that have a figure. */
  get firms(): number {
    return this.rows.size;
  }

  /** Months outside the panel are passed over. */
  add(uscc: string, period: string, numerator: number, denominator: number): void {
    const at = this.places.get(period);
    if (at === undefined) return;
    if (uscc !== this.current.uscc) this.current = { uscc, row: this.rowOf(uscc) };
    const { row } = this.current;
    if (Number.isNaN(row[at])) this.size++;
    row[at] = numerator;
    row[at + 1] = denominator;
  }

  private rowOf(uscc: string): Float64Array {
    let row = this.rows.get(uscc);
    if (row === undefined) {
      row = new Float64Array(2 * this.periods.length).fill(Number.NaN);
      this.rows.set(uscc, row);
    }
    return row;
  }

  /** Every figure there is, firm by firm in the order of their codes, month by month. */
  *cells(): Generator<PanelCell> {
    for (const uscc of [...this.rows.keys()].sort()) {
      const row = this.rows.get(uscc) ?? new Float64Array();
      for (const [index, period] of this.periods.entries()) {
        const [numerator = Number.NaN, denominator = Number.NaN] = row.subarray(2 * index, 2 * index + 2);
        if (!Number.isNaN(numerator)) yield { uscc, period, numerator, denominator };
      }
    }
  }
}
