import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export interface CommandResult {
  readonly ok: boolean;
  /** Standard output and standard error together. */
  readonly output: string;
}

/** Runs a short command to its end; a command that cannot be run at all is a result too. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd?: string; timeoutMs?: number },
): Promise<CommandResult> {
  return new Promise((done) => {
    execFile(
      command,
      args,
      { env: options.env, cwd: options.cwd, timeout: options.timeoutMs, maxBuffer: 32 * 1024 * 1024 },
      (error, stdout, stderr) =>
        done({ ok: !error, output: `${stdout}${stderr}${error && !stderr ? error.message : ''}` }),
    );
  });
}

/** The full path of a program on PATH, or null. */
export async function findOnPath(name: string, environment: NodeJS.ProcessEnv): Promise<string | null> {
  for (const folder of (environment.PATH ?? '').split(delimiter).filter(Boolean)) {
    const candidate = join(folder, name);
    if (await isExecutable(candidate)) return candidate;
  }
  return null;
}

export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The first number like 1.2.3 in a text, as its parts; null if there is none. */
export function versionIn(text: string): { text: string; parts: number[] } | null {
  const match = /\d+(?:\.\d+)+/.exec(text);
  return match ? { text: match[0], parts: match[0].split('.').map(Number) } : null;
}

/** Whether a version is not below a minimum, compared part by part. */
export function isAtLeast(parts: readonly number[], minimum: readonly number[]): boolean {
  for (const [index, wanted] of minimum.entries()) {
    const have = parts[index] ?? 0;
    if (have !== wanted) return have > wanted;
  }
  return true;
}
