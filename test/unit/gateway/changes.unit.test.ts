import { describe, expect, it } from 'vitest';
import { changeOf } from '../../../services/gateway/domain/changes.ts';

describe('what is told of a change', () => {
  const told = (coll: string, _id: string) =>
    changeOf({ _id: { _data: '82' }, ns: { coll }, documentKey: { _id } });

  it.each(['findings', 'finding_cases'])('of %s is that there is one, and no firm that it names', (coll) => {
    expect(told(coll, 'CLOSED_TWICE/91510112MA0000007K/2024-02')).toEqual({ id: '82', kind: 'finding' });
  });

  it('of a summary is its name, and of what nobody watches nothing', () => {
    expect(told('summaries', 'targets')).toEqual({ id: '82', kind: 'summary', key: 'targets' });
    expect(told('kpi', 'any')).toBeNull();
  });
});
