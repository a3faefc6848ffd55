/**
 * What an audit is made from: measurement reads it from the events, the audit never looks elsewhere. Periods are months
 * (YYYY-MM, Asia/Shanghai), money is integer fen.
 */

export interface AuditMonth {
  readonly period: string;
  /** Whole numbers; both null where there is no figure. */
  readonly numerator: number | null;
  readonly denominator: number | null;
  /** Why there is no figure. */
  readonly reason: string | null;
  /** Source class and grade, `supplier/c`; all of them, joined by `+`, where several sources measure the same month. */
  readonly measurement: string;
}

export interface AuditStock {
  readonly period: string;
  readonly openingFen: number;
  readonly closingFen: number;
  readonly costFen: number | null;
}

export interface AuditFirm {
  readonly uscc: string;
  readonly name: string;
  readonly isLeader: boolean;
  /** First contract and first day live in each programme, by month. */
  readonly enrolments: readonly {
    readonly programme: string;
    readonly contractMonth: string | null;
    readonly liveMonth: string | null;
    /** Leader that nominated it. */
    readonly leader: string | null;
  }[];
  /** From the first to the last month reported; gaps are months without a figure. */
  readonly months: readonly AuditMonth[];
  readonly stocks: readonly AuditStock[];
}

/** A declared trading relation with what was ordered under it. */
export interface AuditTrade {
  readonly buyer: string;
  readonly supplier: string;
  readonly from: string;
  /** First day after its end; null while it lasts. */
  readonly until: string | null;
  readonly orders: number;
  readonly amountFen: number;
  /** What was ordered in each month, by the order's date; in order of months. */
  readonly monthly: readonly { readonly period: string; readonly amountFen: number }[];
}

export interface AuditKpi {
  readonly id: string;
  readonly slug: string;
  readonly version: number;
  readonly definition: string;
  readonly formula: string;
  readonly unit: string;
  readonly direction: 'up' | 'down';
}

export interface AuditFacts {
  /** Business time, ISO. */
  readonly asOf: string;
  /** Last month that was over by then. */
  readonly lastPeriod: string;
  readonly kpi: AuditKpi;
  readonly firms: readonly AuditFirm[];
  readonly trades: readonly AuditTrade[];
}
