export { requireCheckDigits } from './adapters/checkDigits.ts';
export { consentProjector } from './adapters/consentProjector.ts';
export {
  type DeadLetterDeps,
  discardDeadLetters,
  redriveDeadLetters,
} from './adapters/deadLetterActs.ts';
export { listDeadLetters, readOriginal, requireKnownLeader, showDeadLetter } from './adapters/deadLetters.ts';
export { emitLines } from './adapters/emitFile.ts';
export { showEvent } from './adapters/events.ts';
export { createInvitations, type Invitations } from './adapters/invitations.ts';
export { createRegistry, type Registry } from './adapters/registry.ts';
export { createStatements, type Statements } from './adapters/statements.ts';
export { addressesOf, readStatus } from './adapters/status.ts';
export { requireMeaningful } from './domain/consents.ts';
export { createGateway, type GatewayServers } from './gateway.ts';
export { parseInput } from './problem.ts';
export { lateAfterClose, readAllFindings } from './reads/findings.ts';
export { listDelegations } from './reads/people.ts';
export { readUsccOverrides } from './reads/usccOverrides.ts';
