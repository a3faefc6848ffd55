export { readEdgesCsv } from './adapters/edgeCsv.ts';
export { readFrameCsv } from './adapters/frameCsv.ts';
export { readFrame } from './adapters/frames.ts';
export { type PanelColumns, parsePanelCsv, readPanelCsv } from './adapters/panelCsv.ts';
export { readProvenance } from './adapters/provenance.ts';
export { writeDraw } from './adapters/report/writeDraw.ts';
export { writeReport } from './adapters/report/writeReport.ts';
export { readResultRows } from './adapters/resultRows.ts';
export { listAuditRuns, readAuditFile, readAuditRun, storeAuditRun } from './adapters/runStore.ts';
export { type Drawn, listDraws, readDraw, recordDraw } from './adapters/samples.ts';
export {
  knownPaperAct,
  readPapers,
  recordPaperAct,
  recordResults,
  resultsOf,
} from './adapters/workPapers.ts';
export { describeEstimate, describeSpillover } from './domain/describe.ts';
export { displacementOf } from './domain/displacement.ts';
export { drawIdOf, evaluateDraw, MUST_RULES, readResults, STRATA } from './domain/draw.ts';
export { DEFAULT_OPTIONS, type EstimateOptions, estimate } from './domain/estimate.ts';
export type { Edge } from './domain/exposure.ts';
export { type Extrapolation, extrapolate } from './domain/extrapolation.ts';
export { type Frame, type FrameRow, frameHash, frameOf } from './domain/frame.ts';
export { type AuditRun, type AuditRunOptions, runAudit } from './domain/live/auditRun.ts';
export { AUDIT_VIEWS, type AuditView } from './domain/live/treatment.ts';
export type { LongPanel, NumberColumn, TextColumn } from './domain/longPanel.ts';
export { type MustRule, mustInclude, parseMustRules } from './domain/mustInclude.ts';
export { discoverySampleSize, estimationSampleSize } from './domain/sampleSize.ts';
export { type DrawOptions, drawSample } from './domain/sampling.ts';
export { estimateSpillover, type SpilloverOptions } from './domain/spillover.ts';
export { type PaperCommand, type PaperState, requireTakes } from './domain/workPaper.ts';
