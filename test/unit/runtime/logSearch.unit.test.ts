import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../services/runtime/logger.ts';
import { hadSomethingToFind, rememberSecret, searchLogs } from '../../support/logSearch.ts';

describe('the search of a run’s logs for secrets', () => {
  let folder: string;
  let before: string | undefined;

  beforeEach(() => {
    before = process.env.LOG_COPY_DIR;
    folder = mkdtempSync(join(tmpdir(), 'logs-'));
    process.env.LOG_COPY_DIR = folder;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.LOG_COPY_DIR;
    else process.env.LOG_COPY_DIR = before;
    rmSync(folder, { recursive: true, force: true });
  });

  it('sees what even a silent logger would have said, down to debug', () => {
    const heard: string[] = [];
    const logger = createLogger('quiet', {
      level: 'error',
      destination: { write: (line) => void heard.push(line) },
    });
    logger.debug({ token: 'a-token-that-is-masked' }, 'asked');
    logger.child({ part: 'x' }).error('failed');
    expect(heard).toHaveLength(1);
    const copy = readFileSync(join(folder, `quiet-${process.pid}.log`), 'utf8');
    expect(copy).toContain('"msg":"asked"');
    expect(copy).toContain('[secret]');
    rememberSecret('a-token-that-is-masked');
    expect(searchLogs(folder)).toEqual({ lines: 2, secrets: 1, found: [] });
  });

  it('finds a secret that was remembered, and what looks like one', () => {
    rememberSecret('the-password-of-a-leader');
    writeFileSync(
      join(folder, 'part-1.log'),
      [
        '{"msg":"all is well"}',
        '{"msg":"login with the-password-of-a-leader"}',
        '{"headers":{"cookie":"chainlight_session=abcdefghijk"}}',
        '{"auth":"Bearer abcdefghijklmnop"}',
        '{"t":"eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0xxxx.c2lnbmF0dXJlIHh4"}',
      ].join('\n'),
    );
    expect(searchLogs(folder).found).toEqual([
      'part-1.log:2',
      'part-1.log:3',
      'part-1.log:4',
      'part-1.log:5',
    ]);
  });

  it('says nothing where people signed in and yet no line or no secret was left behind', () => {
    const left = (lines: number, secrets: number) => ({ lines, secrets, found: [] });
    for (const nothing of [left(0, 0), left(5, 0), left(0, 5)]) {
      expect(hadSomethingToFind(nothing, ['unit', 'integration', 'standalone'])).toBe(false);
      expect(hadSomethingToFind(nothing, ['unit'])).toBe(true);
    }
    expect(hadSomethingToFind(left(5, 5), ['integration'])).toBe(true);
  });
});
