import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { auditRunResult } from '../../schemas/api/auditRun.ts';
import { OnboardingsInChains } from '../../schemas/api/onboarding.ts';
import { phaseOf, TERMINAL_STATUSES, type TerminalStatus } from '../../schemas/onboarding.ts';
import { projectRoot } from '../../services/runtime/config.ts';
import { drawPopulation } from '../../services/simulator/domain/firms.ts';
import { drawJourney } from '../../services/simulator/domain/journey.ts';
import { phaseOfFailure, reasonOfFailure } from '../support/failureShares.ts';

/** A whole run of the product at an eighth of the demo's size, on servers of its own; at this size not every seed comes to all five endings. */
const [SEED, SCALE] = [4, 80];
const ARGS = ['--scenario', 'sichuan', '--seed', String(SEED), '--scale', String(SCALE), '--json'];

interface DemoJson {
  events: {
    sent: number;
    accepted: number;
    duplicates: number;
    conflicts: number;
    rejected: number;
    parked: number;
  };
  onboardings: { started: number; active: number; [status: string]: number };
  kpis: { supplierMonths: number };
  claims: { id: string; verdict: string }[];
  audit: {
    direct: { finding: string; low: number; high: number };
    spillover: { finding: string; low: number; high: number };
    chainsRefused: { name: string; codes: string[] }[];
  };
  consistent: boolean;
  seconds: number;
}

interface Run {
  readonly code: number | null;
  readonly result: DemoJson;
  readonly messages: readonly string[];
}

function runDemo(
  onMessage: (line: string, child: ChildProcess) => void = () => {},
  more: readonly string[] = [],
): Promise<Run> {
  const { KAFKA_BROKERS: _k, TEMPORAL_ADDRESS: _t, MONGODB_URI: _m, ...env } = process.env;
  const child = spawn(process.execPath, ['bin/run.mjs', 'services/stack/demo.ts', ...ARGS, ...more], {
    cwd: projectRoot,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const messages: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    messages.push(line);
    onMessage(line, child);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const last = output.trim().split('\n').at(-1) ?? '';
      try {
        resolve({ code, result: JSON.parse(last) as DemoJson, messages });
      } catch {
        reject(new Error(`the demo printed no JSON (exit code ${code}):\n${messages.slice(-30).join('\n')}`));
      }
    });
  });
}

const withoutSeconds = ({ seconds: _, ...rest }: DemoJson) => rest;

function expectPlantedInside(
  audit: DemoJson['audit'],
  truth: { auditedTurns: { contract: Record<'direct' | 'spillover', { effect: number }> } },
): void {
  for (const part of ['direct', 'spillover'] as const) {
    expect(audit[part].low, part).toBeLessThan(truth.auditedTurns.contract[part].effect);
    expect(audit[part].high, part).toBeGreaterThan(truth.auditedTurns.contract[part].effect);
  }
  expect(audit.direct.finding).toBe('raised');
  const late = audit.chainsRefused.find(({ name }) => name.startsWith('五金件'));
  expect(late?.codes[0]).toBe('TOO_FEW_PRE_PERIODS');
}

type Shown = OnboardingsInChains['onboardings'][number];

/** What `onboarding show` said of one supplier of an ending, as a program and as a person read it. */
function endingIn(folder: string, status: TerminalStatus): { uscc: string; shown: Shown; text: string } {
  const { uscc, onboardings } = OnboardingsInChains.parse(
    JSON.parse(readFileSync(join(folder, `${status}.json`), 'utf8')),
  );
  expect(onboardings, status).toHaveLength(1);
  return { uscc, shown: onboardings[0] as Shown, text: readFileSync(join(folder, `${status}.txt`), 'utf8') };
}

const TOO_LOW = { group: 'LEVEL_NOT_REACHED', cause: 'BELOW_TARGET_LEVEL' };
const DONE_AND_UNDONE = [
  ['tenant-created', 'tenant-disabled'],
  ['credential-issued', 'credential-revoked'],
  ['devices-registered', 'devices-removed'],
  ['provider-reserved', 'provider-released'],
  ['subsidy-reserved', 'subsidy-released'],
] as const;

/** Each ending as the simulator meant it: when and why, with every try, and with all undone that had been done. */
function expectEndingsShown(folder: string): void {
  const population = drawPopulation(SEED, 10 / SCALE);
  const journeys = new Map(
    population.firms.flatMap((firm) => {
      const journey = drawJourney(SEED, firm);
      return journey === null ? [] : [[firm.uscc, journey]];
    }),
  );
  for (const status of TERMINAL_STATUSES) {
    const { uscc, shown, text } = endingIn(folder, status);
    const journey = journeys.get(uscc);
    expect(journey?.end.status, status).toBe(status);
    if (journey === undefined || !('at' in journey.end)) continue;
    const { end } = journey;
    expect(shown, status).toMatchObject({ status, closedAt: new Date(end.at).toISOString() });
    expect(text).toContain(`: ${status} at ${shown.stage}`);

    const isGood = status === 'ACCEPTED';
    const why = isGood ? null : (reasonOfFailure(journey) ?? { group: 'PROGRAMME', cause: 'WINDOW_CLOSED' });
    expect(shown.failureReason, status).toEqual(why);
    if (why !== null) {
      expect(phaseOf(shown.stage), status).toBe(phaseOfFailure(journey));
      expect(text).toContain(`${status} at ${shown.stage}, ${why.group}/${why.cause}\n`);
    }

    const tries = shown.steps.flatMap(({ attempts }) => attempts);
    const failed = journey.steps.flatMap((step) => {
      if (step.kind === 'step-failed') return step.reason;
      return step.kind === 'level-assessed' && step.level < 2 ? TOO_LOW : [];
    });
    const triedInVain = tries.filter(({ outcome }) => outcome === 'failed');
    expect(triedInVain.sort((a, b) => (a.at < b.at ? -1 : 1)).map(({ reason }) => reason)).toEqual(failed);
    for (const { step, attempts } of shown.steps)
      expect(text).toMatch(new RegExp(`^${step} .*\\b${attempts.length}\\s*$`, 'm'));

    const history = shown.history.map(({ event }) => event.replace(/^onboarding\.(.*)\.v1$/, '$1'));
    for (const { event } of shown.history) expect(text).toContain(event);
    const done = DONE_AND_UNDONE.filter(([began]) => history.includes(began));
    expect(
      DONE_AND_UNDONE.filter(([, undone]) => history.includes(undone)),
      status,
    ).toEqual(isGood ? [] : done);
  }
  // The failure that went furthest had all of it to undo.
  const undone = endingIn(folder, 'FAILED').shown.history.map(({ event }) => event);
  expect(undone).toContain('onboarding.tenant-disabled.v1');
}

const folder = mkdtempSync(join(tmpdir(), 'chainlight-demo-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm run demo', () => {
  it(
    'adds up, follows from its events, and is the same again when ingest is killed in the middle',
    { timeout: 1_200_000 },
    async () => {
      const truthFile = join(folder, 'truth.json');
      const calm = await runDemo(undefined, ['--truth', truthFile, '--report', folder, '--endings', folder]);
      const { events, onboardings, kpis, consistent } = calm.result;
      expect(consistent, calm.messages.slice(-20).join('\n')).toBe(true);
      expect(calm.code).toBe(0);
      expect(events.parked).toBe(0);
      expect(events.accepted + events.duplicates + events.conflicts + events.rejected).toBe(events.sent);
      expect(Math.min(events.duplicates, events.conflicts, events.rejected)).toBeGreaterThan(0);
      const { started, ...rest } = onboardings;
      expect(Object.values(rest).reduce((total, count) => total + count, 0)).toBe(started);
      expect(kpis.supplierMonths).toBeGreaterThan(0);
      expectPlantedInside(calm.result.audit, JSON.parse(readFileSync(truthFile, 'utf8')));
      const report = auditRunResult.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));
      expect(report).toMatchObject({ simulated: true, direct: { low: calm.result.audit.direct.low } });
      expect(report.anchors.length).toBeGreaterThan(0);

      expectEndingsShown(folder);

      let ingestPid: number | null = null;
      let killed = false;
      const disturbed = await runDemo((line) => {
        const ready = /^ingest: ready \(pid (\d+)\)/.exec(line);
        if (ready) ingestPid = Number(ready[1]);
        if (line.startsWith('scenario: 2023-12') && ingestPid !== null && !killed) {
          killed = true;
          process.kill(ingestPid, 'SIGKILL');
        }
      });
      expect(killed).toBe(true);
      expect(disturbed.messages.some((line) => line.includes('died (SIGKILL); restarted'))).toBe(true);
      expect(withoutSeconds(disturbed.result)).toEqual(withoutSeconds(calm.result));
    },
  );
});
