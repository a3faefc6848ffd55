import { defineSignal, setHandler } from '@temporalio/workflow';

export const pokeSignal = defineSignal('poke');

/** A workflow that does nothing: what signal-with-start costs by itself. */
export async function bare(): Promise<void> {
  setHandler(pokeSignal, () => {});
}
