import type { Db } from 'mongodb';
import type { AuditVerdict } from '../../schemas/api/auditRun.ts';
import { type AuditRunOptions, readProvenance, runAudit, writeReport } from '../audit/index.ts';
import { readAuditFacts } from '../measurement/index.ts';

const OPTIONS: AuditRunOptions = {
  programmes: null,
  chain: null,
  scale: 'log',
  view: 'contract',
  bootstrap: 999,
  seed: 1,
};

/** The demo's audit of inventory turns: over all chains, and which single chains are refused. @param folder for the report */
export async function auditTurns(db: Db, folder: string | undefined) {
  const facts = await readAuditFacts(db, 'inventory-turns');
  const provenance = await readProvenance(db, undefined);
  const run = runAudit(facts, OPTIONS, provenance);
  if (folder !== undefined) await writeReport(folder, run);
  const chainsRefused = facts.firms
    .filter(({ isLeader }) => isLeader)
    .flatMap(({ uscc, name }) => {
      const { direct } = runAudit(facts, { ...OPTIONS, chain: uscc, bootstrap: 0 }, provenance).result;
      return direct.finding === 'refused'
        ? [{ uscc, name, codes: direct.refusals.map(({ code }) => code) }]
        : [];
    });
  return { direct: shown(run.result.direct), spillover: shown(run.result.spillover), chainsRefused };
}

const shown = ({ finding, att, low, high, zh, en, refusals }: AuditVerdict) => ({
  finding,
  att,
  low,
  high,
  zh,
  en,
  refusals: refusals.map(({ code }) => code),
});
