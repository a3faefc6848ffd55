/** What a supplier said of a provider's acting for it. */
export interface DelegationWord {
  readonly granted: boolean;
  /** Last day on which it holds, in Asia/Shanghai; absent: until it is taken back. */
  readonly validUntil?: string;
}

/** Whether a provider may act for a supplier on a day (Asia/Shanghai), by what was said last; the last day is included. */
export const holdsOn = (said: DelegationWord | undefined, day: string): boolean =>
  said?.granted === true && (said.validUntil === undefined || day <= said.validUntil);
