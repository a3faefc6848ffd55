export { openAnchors, writeAnchors } from './adapters/anchorFile.ts';
export { dayRootsOf } from './adapters/dayRootStore.ts';
export { deadLettersOf, newPartition, parkedOf, verdictsOf } from './adapters/ledger.ts';
export { leadersOf, registryProjector, relationsOf } from './adapters/registryStore.ts';
export {
  type ChainFault,
  type ChainReport,
  type PartitionChain,
  verifyChains,
} from './adapters/verifyChain.ts';
export { type IngestDeps, startIngest } from './ingest.ts';
