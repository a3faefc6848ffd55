export { openAnchors, writeAnchors } from './adapters/anchorFile.ts';
export { dayRootsOf } from './adapters/dayRootStore.ts';
export { newPartition, parkedOf, verdictsOf } from './adapters/ledger.ts';
export { INGEST_PROJECTORS } from './adapters/projectors.ts';
export { proveEvent } from './adapters/proveEvent.ts';
export { type FoundVerdict, newestVerdicts, readVerdicts } from './adapters/readVerdicts.ts';
export { readReceipts } from './adapters/receiptRead.ts';
export { RegistryCache } from './adapters/registryCache.ts';
export { leadersOf, relationsOf } from './adapters/registryDocuments.ts';
export { type Rehearsed, rehearseFile, rehearseTopic } from './adapters/rehearse.ts';
export { standingOverrides, usccOverridesOf } from './adapters/usccOverrides.ts';
export {
  type ChainFault,
  type ChainReport,
  type PartitionChain,
  verifyChains,
} from './adapters/verifyChain.ts';
export { authorise } from './domain/authorise.ts';
export { VERDICTS, type Verdict } from './domain/chain.ts';
export { examine, refusalOf } from './domain/decide.ts';
export { MAX_VERDICTS } from './domain/receipts.ts';
export type { Refusal } from './domain/record.ts';
export { type IngestDeps, startIngest } from './ingest.ts';
