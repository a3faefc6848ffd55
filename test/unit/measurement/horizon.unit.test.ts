import { describe, expect, it } from 'vitest';
import { horizonOf } from '../../../services/measurement/index.ts';

describe('--as-of and --known-at', () => {
  it('take a date as the end of that day in Asia/Shanghai, and an instant as it is', () => {
    expect(horizonOf({ asOf: '2024-10-31', knownAt: '2024-11-01T08:00:00+08:00' })).toEqual({
      asOf: new Date('2024-10-31T15:59:59.999Z'),
      knownAt: new Date('2024-11-01T00:00:00Z'),
    });
    expect(horizonOf({})).toEqual({});
  });

  it.each([
    '2024-02-30',
    '2023-02-29',
    '2024-13-01',
    '2024-10',
    '31.10.2024',
    'yesterday',
    '',
    '2024-10-31T08:00:00',
    '2024-02-30T08:00:00Z',
  ])('refuse %s with one clear message', (text) => {
    for (const option of ['asOf', 'knownAt'] as const)
      expect(() => horizonOf({ [option]: text })).toThrow(
        expect.objectContaining({
          code: 'BAD_USAGE',
          message: expect.stringContaining(
            option === 'asOf' ? '--as-of must be a date' : '--known-at must be',
          ),
        }),
      );
  });
});
