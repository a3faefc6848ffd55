import { readFileSync } from 'node:fs';
import type { TFunction } from 'i18next';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { OPERATIONS } from '../../../schemas/api/operations/index.ts';
import { Envelope } from '../../../schemas/envelope.ts';
import { EVENT_TYPES } from '../../../schemas/events/index.ts';
import { issuesInWords, RULES_ZH } from '../../../schemas/issues.ts';
import { FAILURE_GROUPS, FAILURE_REASONS, STAGES } from '../../../schemas/onboarding.ts';
import { CAUSES_ZH, GROUPS_ZH, NULL_REASONS_ZH, reasonInChinese } from '../../../schemas/wording.ts';
import { fieldInWords, findingInWords } from '../../../services/console/src/findings/findingWords.ts';
import { findingWords } from '../../../services/console/src/i18n/zh/findings.ts';
import { words } from '../../../services/console/src/i18n/zh/words.ts';
import { isPercentage } from '../../../services/console/src/ui/words.ts';
import { questionOf } from '../../../services/gateway/reads/onboardingFigures.ts';
import { ClaimFile } from '../../../services/measurement/domain/claimSchema.ts';
import { NULL_REASONS } from '../../../services/measurement/domain/kpi.ts';
import { kpiRegistry } from '../../../services/measurement/domain/registry.ts';
import { FUNNEL_COUNTS } from '../../../services/onboarding/index.ts';
import { expectChinese, expectChineseSentence } from '../../support/chinese.ts';
import { rulesOf } from '../../support/schemaRules.ts';

/** Everything that a service says about figures and findings has Chinese words. Claims: test/unit/measurement/claims.unit.test.ts. */

const file = new URL('../../../services/measurement/claims/sichuan.json', import.meta.url);
const { claims } = ClaimFile.parse(JSON.parse(readFileSync(file, 'utf8')));

describe('on a page in Chinese', () => {
  it.each(kpiRegistry().map((kpi) => [kpi.id, kpi] as const))('%s says what it is', (_, { zh, unit }) => {
    for (const text of [zh.name, zh.definition, zh.formula]) expectChinese(text);
    expect(isPercentage(unit) || unit in words.unit, unit).toBe(true);
  });

  it('units of claims and of counts are said', () => {
    const units = [...claims.map(({ unit }) => unit), 'firms', 'cities', 'claims', 'onboardings', 'hours'];
    for (const unit of units) expect(isPercentage(unit) || unit in words.unit, unit).toBe(true);
  });

  it('every reason for a missing figure and for an ending is said', () => {
    expect(Object.keys(NULL_REASONS_ZH)).toEqual(expect.arrayContaining(Object.keys(NULL_REASONS)));
    for (const group of FAILURE_GROUPS) {
      expectChinese(GROUPS_ZH[group]);
      for (const cause of FAILURE_REASONS[group]) expectChinese(CAUSES_ZH[cause] ?? cause);
    }
    expect(reasonInChinese('UNABLE/NO_STAFF')).toBe('不会转：缺少人员');
  });

  it('every count of onboardings says what it counts', () => {
    for (const status of ['ALL', 'ACTIVE', 'ACCEPTED', 'OVERDUE'])
      expectChinese(questionOf(`onboardings/${status}/-`)?.zh);
    for (const count of FUNNEL_COUNTS)
      for (const stage of STAGES) {
        expectChinese(questionOf(`onboardings/${count}/${stage}/-`)?.zh);
        expectChinese(questionOf(`onboardings/${count}/${stage}/-/UNABLE/NO_STAFF`)?.zh);
      }
  });

  it('every rule of an event and of a request is said', () => {
    const events = [Envelope, ...[...EVENT_TYPES.values()].map(({ data }) => data)];
    const requests = OPERATIONS.flatMap(({ params, query, body }) => [params, query, body]);
    const rules = new Set([...events, ...requests].flatMap((schema) => (schema ? rulesOf(schema) : [])));
    expect(rules.size).toBeGreaterThan(15);
    for (const rule of rules) expectChineseSentence(RULES_ZH[rule] ?? rule);
  });

  it('what a schema holds against a value is said place by place', () => {
    for (const { data } of EVENT_TYPES.values())
      for (const value of [
        null,
        {},
        [],
        'text',
        0.5,
        { period: '2024-13', firmUscc: 'x', closingStockFen: -1 },
      ]) {
        const { error } = data.safeParse(value);
        for (const { said } of error === undefined ? [] : issuesInWords(data, value, error))
          expectChineseSentence(said.zh);
      }
    const closed = EVENT_TYPES.get('inventory.closed.v1')?.data;
    const value = {
      ownerUscc: '91510112MA0000007X',
      period: '2024-13',
      openingStockFen: '1',
      closingStockFen: -1,
    };
    const { error } = closed?.safeParse(value) ?? {};
    if (closed === undefined || error === undefined) throw new Error('it has to be refused');
    const said = issuesInWords(closed, value, error).map((issue) => [issue.path.join('.'), issue.said.zh]);
    expect(Object.fromEntries(said)).toMatchObject({
      holderUscc: '缺少该项',
      stockKind: '应为以下之一：own、consignment',
      period: '须为月份，形如 2024-10',
      openingStockFen: '应为数字，收到的是文本',
      closingStockFen: '库存为负',
    });
  });

  it('what is no number is not said to be one', () => {
    const query = z.object({ limit: z.coerce.number() });
    const { error } = query.safeParse({ limit: 'abc' });
    if (error === undefined) throw new Error('it has to be refused');
    expect(issuesInWords(query, { limit: 'abc' }, error)[0]?.said.zh).toBe('应为数字，收到的是非数字');
  });

  it('what a finding rests on falls back to plain words, never to the name of a field', () => {
    const t = ((_: string, { defaultValue }: { defaultValue: string }) =>
      defaultValue) as unknown as TFunction;
    expect(fieldInWords(t, 'closingStockFen')).toBe('Closing stock');
    expect(findingInWords(t, 'CLOSED_TWICE')).toBe('Closed twice');
    for (const text of Object.values(findingWords).flatMap((texts) => Object.values(texts)))
      expectChinese(text);
  });
});
