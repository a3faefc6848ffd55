import type { Db } from 'mongodb';
import { suspicionsOfLedger } from '../domain/guards/subsidies.ts';
import { leftOut, SUBSIDY_TYPES, subsidyBalance } from '../domain/ledgers.ts';
import { foldModels } from '../domain/readModels.ts';
import { type Horizon, standingFacts } from './eventLog.ts';
import { businessNow } from './worldStore.ts';

export interface SubsidyQuestion {
  readonly firm?: string;
  readonly programme?: string;
}

/** Subsidies by firm and programme: set aside, paid, claimed back, with every entry and what does not add up among them; and their sums. */
export async function readSubsidies(db: Db, question: SubsidyQuestion, horizon: Horizon = {}) {
  const { firm, programme } = question;
  const selection = { types: SUBSIDY_TYPES, ...(firm === undefined ? {} : { firm }) };
  const { subsidies } = foldModels(await standingFacts(db, selection, horizon));
  const ledgers = [...subsidies.values()]
    .filter((ledger) => programme === undefined || ledger.programme === programme)
    .sort((a, b) => (a._id < b._id ? -1 : 1))
    .map((ledger) => ({
      uscc: ledger.firm,
      programme: ledger.programme,
      ...subsidyBalance(ledger),
      findings: suspicionsOfLedger(ledger).map(({ id }) => id),
      entries: ledger.entries.map(({ timeMs, identity, ...entry }) => ({
        ...entry,
        against: entry.against ?? null,
        leftOut: leftOut(ledger.entries).get(identity) ?? null,
        statedAt: new Date(timeMs).toISOString(),
        event: identity,
      })),
    }));
  const total = { reservedFen: 0, paidFen: 0, clawedBackFen: 0, netFen: 0 };
  for (const ledger of ledgers)
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += ledger[key];
  return { asOf: (horizon.asOf ?? (await businessNow(db))).toISOString(), ledgers, total };
}
