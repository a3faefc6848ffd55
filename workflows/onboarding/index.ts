/** What the Temporal worker loads. */
export { onboarding } from './workflow.ts';
