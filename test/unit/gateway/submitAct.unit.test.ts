import { WorkflowNotFoundError } from '@temporalio/client';
import { expect, test } from 'vitest';
import type { ActCommand } from '../../../schemas/api/acts.ts';
import { submitAct } from '../../../services/gateway/adapters/acts.ts';
import type { Temporal } from '../../../services/runtime/temporal.ts';
import { testUscc } from '../../support/events.ts';

const command: ActCommand = {
  act: 'approve-plan',
  actId: 'approve-1',
  supplierUscc: testUscc(81),
  platform: 'iip',
  programme: 'sme-510100-2023',
  actor: { name: 'Li', role: 'bureau' },
  at: '2024-01-02T00:00:00.000Z',
  reason: 'fits',
};
const receipt = { workflowId: 'w', source: 's', eventId: 'e', duplicate: false };

/** A Temporal whose workflow is not there for the first update; the look after it finds `found`. */
function temporalThatFinds(found: string | null): Temporal {
  let updates = 0;
  const handle = {
    executeUpdate: async () => {
      if (updates++ === 0) throw new WorkflowNotFoundError('not found', 'w', undefined);
      return receipt;
    },
    describe: async () => {
      if (found === null) throw new WorkflowNotFoundError('not found', 'w', undefined);
      return { status: { name: found } };
    },
  };
  const client = {
    workflow: { getHandle: () => handle },
    withDeadline: (_: unknown, work: () => unknown) => work(),
  };
  return { client } as unknown as Temporal;
}

test('an act reaches an onboarding that began between the update and the look', async () => {
  expect(await submitAct(temporalThatFinds('RUNNING'), command, () => 'call-1')).toEqual(receipt);
});

test.each([
  ['COMPLETED', 'ALREADY_CLOSED'],
  [null, 'NOT_FOUND'],
])('an onboarding found as %s refuses with %s', async (found, code) => {
  await expect(submitAct(temporalThatFinds(found), command, () => 'call-1')).rejects.toMatchObject({ code });
});
