import type { FirmKpis } from '../../schemas/api/kpi.ts';

const yuan = (fen: number | null): string => (fen === null ? 'unknown' : `${Math.round(fen / 100)} yuan`);

/** A firm's payback in a line: the rate beside the published one, then what was measured. */
export function paybackInWords(payback: FirmKpis['payback']): string {
  const { value, published, reason, ownOutlayFen, yearlySavingFen, savedFen, paidBackAfterMonths } = payback;
  const rate =
    value === null ? `unknown (${reason ?? 'PAYBACK_UNKNOWN'})` : `${Number(value.toPrecision(3))} years`;
  if (ownOutlayFen === null) return `payback: ${rate}, ${published} published`;
  const back =
    paidBackAfterMonths === null
      ? 'the outlay is not back yet'
      : `the outlay was back after ${paidBackAfterMonths} months`;
  return `payback: ${rate}, ${published} published; own outlay ${yuan(ownOutlayFen)}, saving ${yuan(yearlySavingFen)} a year; ${yuan(savedFen)} saved since the contract, ${back}`;
}
