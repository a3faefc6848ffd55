import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc; fixed on Linux for user space. */
const TICKS_PER_S = 100;

/** Who spends processor time in a benchmark of intake. */
export const ROLES = ['ingest', 'measurement', 'bare', 'mongod', 'kafka'] as const;
export type Role = (typeof ROLES)[number];
export type CpuSeconds = Readonly<Record<Role, number>>;

/**
 * Processor time (user and system, seconds) that this process's descendants have spent so far, by role. Read from /proc: zeros
 * elsewhere than on Linux, and for servers that were given by the environment and so are nobody's children here.
 */
export function cpuSeconds(): CpuSeconds {
  const spent: Record<Role, number> = { ingest: 0, measurement: 0, bare: 0, mongod: 0, kafka: 0 };
  for (const pid of descendants()) {
    const role = roleOf(read(`/proc/${pid}/cmdline`));
    if (role !== null) spent[role] += ticksOf(read(`/proc/${pid}/stat`)) / TICKS_PER_S;
  }
  return spent;
}

/** Microseconds of processor time an event, by role; roles that spent none are left out. */
export function cpuUsPerEvent(
  before: CpuSeconds,
  after: CpuSeconds,
  events: number,
): Partial<Record<Role, number>> {
  return Object.fromEntries(
    ROLES.map((role) => [role, Math.round(((after[role] - before[role]) * 1e6) / events)] as const).filter(
      ([, us]) => us > 0,
    ),
  );
}

/** Memory that a child holds now; 0 where that cannot be read. */
export function rssMiB({ pid }: ChildProcess): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`));
  return Math.round(Number(line?.[1] ?? 0) / 1_024);
}

function descendants(): number[] {
  const parents = new Map<number, number>();
  for (const name of list('/proc')) {
    const pid = Number(name);
    if (Number.isInteger(pid)) parents.set(pid, Number(fieldsOf(read(`/proc/${pid}/stat`))[1]));
  }
  const isOurs = (pid: number): boolean => {
    for (let at = parents.get(pid); at !== undefined && at > 1; at = parents.get(at))
      if (at === process.pid) return true;
    return false;
  };
  return [...parents.keys()].filter(isOurs);
}

function roleOf(commandLine: string): Role | null {
  if (commandLine.includes('services/ingest/main.ts')) return 'ingest';
  if (commandLine.includes('services/measurement/main.ts')) return 'measurement';
  if (commandLine.includes('test/bench/bareLoop.ts')) return 'bare';
  if (/mongod\0/.test(commandLine)) return 'mongod';
  return commandLine.includes('kafka.Kafka') ? 'kafka' : null;
}

/** Fields of a stat line after the name, which may itself hold blanks: state, parent, … */
const fieldsOf = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');
const ticksOf = (stat: string): number => {
  const fields = fieldsOf(stat);
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
};

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
