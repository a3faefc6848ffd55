import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { splitIdentity } from '../../../schemas/envelope.ts';
import type { ValidEvent } from '../../../services/ingest/domain/validate.ts';
import { SLOT_TYPES } from '../../../services/measurement/domain/slots.ts';
import { buildScenario } from '../../../services/simulator/index.ts';
import { Judge } from '../../unit/simulator/judge.ts';

/**
 * Writes the accepted events behind three months of one chain's figures, as ingest stores them, and those of the whole time about one of
 * its firms that was transformed: `npx tsx test/reference/chain/make_events.ts`.
 */
const PERIODS = new Set(['2024-01', '2024-02', '2024-03']);
const HISTORY_TYPES = new Set([
  'onboarding.contract-signed.v1',
  'onboarding.go-live-confirmed.v1',
  'inventory.closed.v1',
  'production.reported.v1',
]);
const types = new Set([...SLOT_TYPES, 'energy.reported.v1']);

const scenario = buildScenario({ scenario: 'sichuan', seed: 1, scale: 40 });
const leader = scenario.leaders.find(({ name }) => name.startsWith('银河磁体'));
if (leader === undefined) throw new Error('the scenario has no such leader');
const members = new Set([leader.uscc]);
const stated: ValidEvent[] = [];
const history: ValidEvent[] = [];
const corrections: ValidEvent[] = [];
const judge = new Judge(scenario, (event) => {
  const { type, data } = event;
  if (type === 'relation.declared.v1' && data.buyerUscc === leader.uscc)
    members.add(String(data.supplierUscc));
  if (type === 'onboarding.supplier-nominated.v1' && data.leaderUscc === leader.uscc)
    members.add(String(data.supplierUscc));
  if (type === 'correction.declared.v1') corrections.push(event);
  else if (types.has(type) && PERIODS.has(event.period)) stated.push(event);
  if (HISTORY_TYPES.has(type)) history.push(event);
});
for (const month of scenario.months()) {
  for (const record of month.records) judge.judge(record);
  judge.release();
}
const within = stated.filter(({ firm }) => firm !== null && members.has(firm));
/** With the corrections that bear on them. */
function exported(events: readonly ValidEvent[]) {
  const identities = new Set(events.map(({ identity }) => identity));
  const bearing = corrections.filter(({ identity, data }) =>
    identities.has(`${splitIdentity(identity).source} ${String(data.correctedId)}`),
  );
  return [...events, ...bearing]
    .sort((a, b) => (a.identity < b.identity ? -1 : 1))
    .map(({ identity, type, source, time, firm, period, data }) => ({
      identity,
      type,
      sourceClass: source.class,
      time,
      firm,
      period,
      data,
    }));
}
const lines = exported(within);
const [wrong] = lines.filter(({ type }) => type === 'cost.reported.v1');
if (wrong === undefined) throw new Error('no cost was reported');
// The scenario corrects too seldom for three months of one chain: one cost is replaced by hand.
const { source, id } = splitIdentity(wrong.identity);
const time = new Date(wrong.time.getTime() + 86_400_000);
const cost = Number(wrong.data.processingCostFen) * 10;
const replaced = {
  ...wrong,
  identity: `${source} ${id}-again`,
  time,
  data: { ...wrong.data, processingCostFen: cost },
};
const correction = {
  identity: `${source} ${id}-correction`,
  type: 'correction.declared.v1',
  sourceClass: wrong.sourceClass,
  time,
  firm: null,
  period: wrong.period,
  data: {
    action: 'replace',
    correctedId: id,
    replacementId: `${id}-again`,
    reason: 'booked ten times too low',
  },
};
const folder = import.meta.dirname;
const write = (name: string, all: readonly object[]): void =>
  writeFileSync(join(folder, name), `${all.map((line) => JSON.stringify(line)).join('\n')}\n`);
write('events.jsonl', [...lines, replaced, correction]);
const of = (uscc: string, type: string): ValidEvent[] =>
  history.filter((event) => event.firm === uscc && event.type === type);
/** The chain's firm with the most stock closed since it went live. */
const [transformed] = [...members]
  .filter((uscc) => of(uscc, 'onboarding.contract-signed.v1').length > 0)
  .map((uscc) => {
    const [live] = of(uscc, 'onboarding.go-live-confirmed.v1');
    const since = of(uscc, 'inventory.closed.v1').filter(
      ({ time }) => live !== undefined && time > live.time,
    );
    return { uscc, months: since.length };
  })
  .sort((a, b) => b.months - a.months || (a.uscc < b.uscc ? -1 : 1));
if (transformed === undefined) throw new Error('nobody in the chain signed a contract');
write('transformed.jsonl', exported(history.filter(({ firm }) => firm === transformed.uscc)));
writeFileSync(
  join(folder, 'chain.json'),
  `${JSON.stringify({ leader: leader.uscc, suppliers: [...members].filter((uscc) => uscc !== leader.uscc).sort() }, null, 2)}\n`,
);
