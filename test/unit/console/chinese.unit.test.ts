import { readFileSync } from 'node:fs';
import type { TFunction } from 'i18next';
import { describe, expect, it } from 'vitest';
import { FAILURE_GROUPS, FAILURE_REASONS, STAGES } from '../../../schemas/onboarding.ts';
import { CAUSES_ZH, GROUPS_ZH, NULL_REASONS_ZH, reasonInChinese } from '../../../schemas/wording.ts';
import { fieldInWords, findingInWords } from '../../../services/console/src/bureau/findingWords.ts';
import { findingWords } from '../../../services/console/src/i18n/zh/findings.ts';
import { words } from '../../../services/console/src/i18n/zh/words.ts';
import { isPercentage } from '../../../services/console/src/ui/words.ts';
import { questionOf } from '../../../services/gateway/reads/onboardingFigures.ts';
import { ClaimFile } from '../../../services/measurement/domain/claimSchema.ts';
import { NULL_REASONS } from '../../../services/measurement/domain/kpi.ts';
import { kpiRegistry } from '../../../services/measurement/domain/registry.ts';
import { FUNNEL_COUNTS } from '../../../services/onboarding/index.ts';
import { expectChinese } from '../../support/chinese.ts';

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

  it('what a finding rests on falls back to plain words, never to the name of a field', () => {
    const t = ((_: string, { defaultValue }: { defaultValue: string }) =>
      defaultValue) as unknown as TFunction;
    expect(fieldInWords(t, 'closingStockFen')).toBe('Closing stock');
    expect(findingInWords(t, 'CLOSED_TWICE')).toBe('Closed twice');
    for (const text of Object.values(findingWords).flatMap((texts) => Object.values(texts)))
      expectChinese(text);
  });
});
