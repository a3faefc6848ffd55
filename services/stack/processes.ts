import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process began, in the system's own notation; only ever compared for equality. */
  readonly begun: string;
}

/** When process `pid` began, or null if there is none. */
export function processBegun(pid: number): string | null {
  try {
    // The name in brackets may hold spaces; the 20th field after it is the start time in clock ticks since boot.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return process.platform === 'linux' ? null : beganByPs(pid);
  }
}

function beganByPs(pid: number): string | null {
  try {
    return (
      execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim() || null
    );
  } catch {
    return null;
  }
}

export function identify(pid: number): ProcessIdentity {
  return { pid, begun: processBegun(pid) ?? 'unknown' };
}

/** Whether exactly this process still runs: a reused number does not count. */
export function isAlive(identity: ProcessIdentity): boolean {
  return processBegun(identity.pid) === identity.begun;
}

/** Sends a signal to a process or, with a negative number, to a process group; false if nobody is there. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
