import { defineSignal, setHandler } from '@temporalio/workflow';
import type { Fact } from '../../workflows/onboarding/facts.ts';

export const pokeSignal = defineSignal<[readonly Fact[]]>('poke');

/** A workflow that does nothing: what signal-with-start costs by itself. */
export async function bare(): Promise<void> {
  setHandler(pokeSignal, () => {});
}
