import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isSound, runChaos } from '../chaos/run.ts';

let dataDir = '';
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chainlight-chaos-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

it(
  'loses, doubles and forges nothing while servers and processes are killed and paused',
  { timeout: 480_000 },
  async () => {
    const log: string[] = [];
    const result = await runChaos({ events: 1_200, seed: 5, dataDir, progress: (line) => log.push(line) });
    expect(result.faults, log.join('\n')).toEqual([]);
    expect(result).toMatchObject({
      lost: 0,
      doubled: 0,
      wrongKpi: 0,
      wrongOnboarding: 0,
      wrongLetters: 0,
      wrongReceipts: 0,
      chain: 'intact',
      readModels: 'equal',
    });
    expect(isSound(result)).toBe(true);
    expect(result.sent).toBeGreaterThanOrEqual(1_200);
    expect(Object.values(result.verdicts).reduce((sum, count) => sum + count, 0)).toBe(result.sent);
    expect(result.kills).toBeGreaterThanOrEqual(4);
    expect(result.pauses).toBeGreaterThanOrEqual(1);
  },
);
