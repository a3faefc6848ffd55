import { z } from 'zod';
import { DeviatingUscc } from '../ids.ts';
import { Actor, Reason } from './acts.ts';
import { define, open } from './define.ts';

/** Codes that the registry of firms holds with a wrong check digit; topic chainlight.acts, source /system/registry. */
const override = { statedBy: ['system'], speaker: {}, factDates: [], about: 'uscc' } as const;

/** Where the registry's own statement can be looked up: the number of its extract, or the SHA-256 of an evidence file. */
export const RegistryEvidence = z.string().trim().min(4).max(200).meta({
  description:
    'Number of the extract from the registry of firms, or SHA-256 of an evidence file that shows it',
});

export const overrideRecorded = define('uscc.override-recorded.v1', {
  ...override,
  description:
    'Somebody has seen in the registry of firms that a code really has this wrong check digit: it is taken in from now on.',
  data: open({ uscc: DeviatingUscc, evidence: RegistryEvidence, reason: Reason, actor: Actor }),
});

export const overrideRevoked = define('uscc.override-revoked.v1', {
  ...override,
  description: 'A code with a wrong check digit is refused again from now on; what was accepted stays.',
  data: open({ uscc: DeviatingUscc, reason: Reason, actor: Actor }),
});
