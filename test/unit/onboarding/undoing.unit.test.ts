import { ActivityFailure, ApplicationFailure, RetryState } from '@temporalio/common';
import { expect, it, vi } from 'vitest';
import { undoStep } from '../../../workflows/onboarding/compensation.ts';
import { fold } from '../../../workflows/onboarding/decider.ts';
import { stating } from '../../../workflows/onboarding/outcomes.ts';
import { CURRENT_PROGRAMME_VERSION } from '../../../workflows/onboarding/programme.ts';
import { acceptedFacts, dayAt } from '../../support/onboardingFacts.ts';

const { removeDevices } = vi.hoisted(() => ({ removeDevices: vi.fn() }));
vi.mock('@temporalio/workflow', async (original) => ({ ...(await original<object>()), patched: () => true }));
vi.mock('../../../workflows/onboarding/calls.ts', async (original) => ({
  ...(await original<object>()),
  undo: { removeDevices },
}));

const KEY = { workflowId: 'w', supplierUscc: 's', platform: 'p', programme: 'x' };
const failing = (cause: ApplicationFailure): ActivityFailure =>
  new ActivityFailure('failed', 'removeDevices', '1', RetryState.NON_RETRYABLE_FAILURE, 'worker', cause);

/** The names of what was recorded, and how often there was a pause. */
async function undone(): Promise<{ recorded: string[]; pauses: number }> {
  const recorded: string[] = [];
  let pauses = 0;
  await undoStep('devices', {
    ...{ state: fold(acceptedFacts(), CURRENT_PROGRAMME_VERSION), at: dayAt(50), cause: 'c' },
    ...{ acts: stating(KEY, () => 1), sinceMs: Date.now() },
    pause: async () => void pauses++,
    callOf: () => ({ ...KEY, key: 'k', at: dayAt(50), correlationId: 'c' }),
    record: ({ id }) => void recorded.push(id),
  });
  return { recorded, pauses };
}

it('what fails for good is handed to a person at once, whatever its kind; what may pass is tried again', async () => {
  const escalated = ['w/compensation-escalated/remove-devices'];
  for (const type of ['PLATFORM_REFUSED', 'SOMETHING_ELSE']) {
    removeDevices.mockReset().mockRejectedValueOnce(failing(ApplicationFailure.nonRetryable('no', type)));
    expect(await undone()).toEqual({ recorded: escalated, pauses: 0 });
  }
  removeDevices
    .mockReset()
    .mockRejectedValueOnce(failing(ApplicationFailure.retryable('busy', 'SOMETHING_ELSE')));
  expect(await undone()).toEqual({ recorded: ['w/devices-removed'], pauses: 1 });
});
