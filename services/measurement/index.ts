export { readAuditFacts } from './adapters/auditFacts.ts';
export { readAuditFrame, readWorkPapers } from './adapters/auditFrame.ts';
export { actOnFinding, CASE_ACTS, type CaseCommand } from './adapters/caseActs.ts';
export { readDisplacement } from './adapters/displacement.ts';
export type { Horizon } from './adapters/eventLog.ts';
export { type EventPageQuery, pageOfEvents, placeOf } from './adapters/evidence.ts';
export {
  addEvidence,
  EVIDENCE_MAX_BYTES,
  keepEvidenceFile,
  listEvidence,
  readEvidenceFile,
  tooLarge,
} from './adapters/evidenceFiles.ts';
export { explainFigure, explainTogether } from './adapters/explain.ts';
export { inChinese } from './adapters/explainFirm.ts';
export { isBaselinePending } from './adapters/freeze.ts';
export { type GroupQuestion, readGroup } from './adapters/groups.ts';
export { horizonOf } from './adapters/horizon.ts';
export { type ImprovementsOfKpi, readImprovements } from './adapters/improvements.ts';
export { readPanel } from './adapters/panel.ts';
export { measurementProjector } from './adapters/projector.ts';
export {
  listPublications,
  publishFigures,
  showPublication,
  verifyPublications,
} from './adapters/publish.ts';
export { countSupplierMonths, readClaims, readKpis, readTargets } from './adapters/read.ts';
export { readFindings } from './adapters/readFindings.ts';
export { readLevels } from './adapters/readLevels.ts';
export { rebuildMeasurement } from './adapters/rebuild.ts';
export { refreezeBaseline, refrozenData } from './adapters/refreeze.ts';
export { readRestatements } from './adapters/restatements.ts';
export { isPublicKey, openSigner } from './adapters/signing.ts';
export { readSubsidies } from './adapters/subsidies.ts';
export { displacementIn } from './domain/chains.ts';
export { coverageOf } from './domain/coverage.ts';
export { EMPTY_SET_HASH, xorHashes } from './domain/facts.ts';
export { SCOPE_LEVELS, type Scope, type ScopeLevel, scopeOf } from './domain/groups.ts';
export type { Suspicion } from './domain/guards/index.ts';
export { kpiOf } from './domain/kpis.ts';
export { LEVEL_EDITIONS } from './domain/levels.ts';
export { kpiRegistry } from './domain/registry.ts';
export { startMeasurement } from './measurement.ts';
