export type { Horizon } from './adapters/eventLog.ts';
export { explainFigure } from './adapters/explain.ts';
export { isBaselinePending } from './adapters/freeze.ts';
export { horizonOf } from './adapters/horizon.ts';
export { measurementProjector } from './adapters/projector.ts';
export { countSupplierMonths, readClaims, readKpis, readTargets } from './adapters/read.ts';
export { rebuildMeasurement } from './adapters/rebuild.ts';
export { startMeasurement } from './measurement.ts';
