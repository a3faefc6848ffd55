import { organisationCheckCharacter, usccCheckCharacter } from '../../schemas/ids.ts';
import { addMonths, startOfPeriod } from '../../schemas/time.ts';

const MONTHS = 36;

function uscc(serial: number): string {
  const organisation = `MB${String(serial).padStart(6, '0')}`;
  const first17 = `91510100${organisation}${organisationCheckCharacter(organisation)}`;
  return first17 + usccCheckCharacter(first17);
}

/** Stock closes of as many firms as it takes, 36 months each, month by month: valid events of about 620 bytes. */
export function* inventoryEvents(count: number): Generator<{ key: string; value: string }> {
  const firms = Array.from({ length: Math.ceil(count / MONTHS) }, (_, index) => uscc(index + 1));
  let made = 0;
  for (let month = 0; month < MONTHS; month++) {
    const period = addMonths('2022-07', month);
    const time = new Date(startOfPeriod(addMonths(period, 1)).getTime() + 5 * 86_400_000).toISOString();
    for (const [index, firm] of firms.entries()) {
      if (made++ === count) return;
      const value = JSON.stringify({
        specversion: '1.0',
        id: `${firm}-${period}`,
        source: `/supplier/${firm}/erp`,
        type: 'inventory.closed.v1',
        time,
        partitionkey: firm,
        datacontenttype: 'application/json',
        dataschema: 'https://schemas.chainlight.example/inventory.closed.v1.json',
        correlationid: `${firm}-${period}-close`,
        data: {
          firmUscc: firm,
          holderUscc: firm,
          stockKind: 'own',
          period,
          openingStockFen: 80_000_000 + index * 100 + month,
          closingStockFen: 80_000_000 + index * 100 + month + 1,
          costOfGoodsSoldFen: 31_000_000 + index,
          currency: 'CNY',
          documentNumber: `STK-${period}-${index}`,
        },
      });
      yield { key: firm, value };
    }
  }
}
