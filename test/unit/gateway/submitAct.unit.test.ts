import { WorkflowNotFoundError } from '@temporalio/client';
import { expect, test } from 'vitest';
import type { ActCommand } from '../../../schemas/api/acts.ts';
import type { OnboardingStatus } from '../../../schemas/onboarding.ts';
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

const BEGUN_ANEW = { ...receipt, eventId: 'by a run that began for it' };
const submit = (found: string | null, act: Partial<ActCommand>, onRecord: OnboardingStatus | null) =>
  submitAct(
    temporalThatFinds(found),
    { ...command, ...act } as ActCommand,
    () => 'call-1',
    async () => onRecord,
  );

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
    workflow: { getHandle: () => handle, executeUpdateWithStart: async () => BEGUN_ANEW },
    withDeadline: (_: unknown, work: () => unknown) => work(),
  };
  return { client } as unknown as Temporal;
}

test('an act reaches an onboarding that began between the update and the look', async () => {
  expect(await submit('RUNNING', {}, null)).toEqual(receipt);
});

test.each([
  ['COMPLETED', 'ACCEPTED', 'ALREADY_CLOSED'],
  [null, 'ACCEPTED', 'ALREADY_CLOSED'],
  [null, null, 'NOT_FOUND'],
] as const)('found as %s and on record as %s it refuses with %s', async (found, onRecord, code) => {
  await expect(submit(found, {}, onRecord)).rejects.toMatchObject({ code });
});

test('an open onboarding whose run was lost takes an act all the same', async () => {
  expect(await submit(null, {}, 'ACTIVE')).toEqual(BEGUN_ANEW);
});

test.each([
  'COMPLETED',
  null,
])('a closed one is reopened, also once Temporal has forgotten it (%s)', async (found) => {
  expect(await submit(found, { act: 'reopen' }, 'WITHDRAWN')).toEqual(BEGUN_ANEW);
});

test('what was never nominated is not begun by an act', async () => {
  await expect(submit(null, { act: 'reopen' }, null)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
