import { spawn } from 'node:child_process';
import { ChainlightError } from '../../schemas/errors.ts';
import { projectRoot } from '../runtime/config.ts';

/**
 * Runs a command of `cli` as a process of its own; its messages go to this process's.
 * @returns its standard output, whatever its exit code: what was found wrong is a result too
 * @throws ChainlightError INTERNAL where it printed none
 */
export function outputOf(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, ['bin/run.mjs', 'services/cli/main.ts', ...args], {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      if (output.trim() !== '') resolve(output);
      else
        reject(
          new ChainlightError('INTERNAL', `cli ${args.join(' ')} gave no result; its messages are above`),
        );
    });
  });
}

export const lastLineOf = (output: string): string => output.trim().split('\n').at(-1) ?? '';
