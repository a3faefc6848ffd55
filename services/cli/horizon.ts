import type { Command } from 'commander';

export interface HorizonOptions {
  readonly asOf?: string;
  readonly knownAt?: string;
}

/** Lets a command that prints figures look at an earlier time; `horizonOf` reads what was given. */
export const withHorizon = (command: Command): Command =>
  command
    .option('--as-of <date>', 'business time: only what was stated by then')
    .option('--known-at <instant>', 'recording time: only what had been recorded by then');
