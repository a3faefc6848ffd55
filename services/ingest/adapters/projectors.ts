import type { Projector } from '../../runtime/projector.ts';
import { deadLetterActsProjector } from './deadLetterActs.ts';
import { registryProjector } from './registryProjector.ts';
import { usccOverridesProjector } from './usccOverrides.ts';

/** Read models that move in the same transaction as the events themselves. */
export const INGEST_PROJECTORS: readonly Projector[] = [
  registryProjector,
  usccOverridesProjector,
  deadLetterActsProjector,
];
