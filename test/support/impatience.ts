import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** Baked into a bundle for tests that kill workers: an activity lost with its worker is tried again within seconds. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity: (input, next) =>
        next({ ...input, options: { ...input.options, heartbeatTimeout: '3 seconds' } }),
    },
  ],
});
