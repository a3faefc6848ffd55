import { describe, expect, it } from 'vitest';
import { render } from '../../../services/onboarding/domain/notifications.ts';
import { TEMPLATES, type TemplateName } from '../../../services/onboarding/domain/templates.ts';
import { allProgrammes } from '../../../workflows/onboarding/programme.ts';

const words = {
  supplierName: '宏远',
  supplierUscc: '91510112MA0000007K',
  by: '王工',
  step: 'PLAN_FILED',
  stage: 'DATA_CONNECTED',
  operation: 'revoke-credential',
  deadline: '2024-03-04T16:30:00.000Z',
  closesAt: '2024-03-31T15:59:00.000Z',
  expiresAt: '2024-03-14T00:00:00.000Z',
  daysLeft: '14',
  reason: '缺少报价',
  message: '503',
};
const CODE_OR_INSTANT = /[A-Z]{2,}_[A-Z]|\dT\d|revoke-credential|\{/;

describe('what people are written', () => {
  it.each(Object.keys(TEMPLATES) as TemplateName[])('%s names no code and no instant', (template) => {
    for (const locale of ['zh', 'en'] as const) {
      const { subject, text } = render(template, words, locale);
      expect(`${subject} ${text}`).not.toMatch(CODE_OR_INSTANT);
    }
  });

  it('says the step by its name and the day as it is in China', () => {
    expect(render('reminder', words, 'zh').text).toContain('方案备案 应于 2024-03-05 前完成');
    expect(render('reminder', words, 'en')).toEqual({
      subject: '宏远: plan filed is due',
      text: expect.stringContaining('The step plan filed of 宏远 was due by 2024-03-05'),
    });
    expect(render('closed-FAILED', words, 'zh').text).toContain('于 数据接通 阶段结束');
  });

  it.each([
    'next week',
    '2024-02-30T25:00:00Z',
    '2024-03-04',
    '2024-03-04T16:30',
    '9999-12-31T23:59:59Z',
    '+275760-09-13T00:00:00Z',
    '',
  ])('says the odd date %j as it was stated rather than not going out', (deadline) => {
    expect(render('reminder', { ...words, deadline }, 'zh').text).toContain(
      `方案备案 应于 ${deadline} 前完成`,
    );
  });

  it('knows the Chinese name of every step there is', () => {
    for (const { step } of allProgrammes().flatMap(({ steps }) => steps))
      expect(render('returned', { ...words, step }, 'zh').subject).not.toContain(step);
  });
});
