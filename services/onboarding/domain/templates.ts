export type Locale = 'zh' | 'en';
interface Words {
  readonly subject: string;
  readonly text: string;
}

const of = (zh: readonly [string, string], en: readonly [string, string]): Record<Locale, Words> => ({
  zh: { subject: zh[0], text: zh[1] },
  en: { subject: en[0], text: en[1] },
});

/** What is written to people, in both languages; names in braces are filled from the event. */
export const TEMPLATES = {
  invitation: of(
    [
      '{by} 邀请贵企业（{supplierUscc}）使用产业链平台',
      '请在 {expiresAt} 前登录，并输入 {by} 另行告知的邀请码。邀请码只能使用一次，请勿转交他人。',
    ],
    [
      '{by} invites your firm ({supplierUscc})',
      'Sign in before {expiresAt} and enter the code that {by} gives you separately. It works once; pass it to nobody.',
    ],
  ),
  reminder: of(
    [
      '{supplierName}：{step} 已到期',
      '{supplierName} 的步骤 {step} 应于 {deadline} 前完成，目前仍未完成。请尽快办理，或说明困难。',
    ],
    [
      '{supplierName}: {step} is due',
      'The step {step} of {supplierName} was due by {deadline} and is still open. Please see to it, or say what stands in the way.',
    ],
  ),
  expiry: of(
    [
      '{supplierName}：项目窗口将于 {daysLeft} 天后关闭',
      '项目窗口将于 {closesAt} 关闭，届时未完成的接入将作到期处理。',
    ],
    [
      '{supplierName}: the window closes in {daysLeft} days',
      'The programme window closes at {closesAt}. What is open then expires.',
    ],
  ),
  returned: of(
    ['{supplierName}：{step} 需补正', '步骤 {step} 已退回补正，原因：{reason}'],
    ['{supplierName}: {step} was given back', 'The step {step} was given back for completion: {reason}'],
  ),
  help: of(
    ['{supplierName} 需要帮助：{step}', '{supplierName} 在步骤 {step} 遇到困难，请求帮助：{reason}'],
    ['{supplierName} asks for help: {step}', '{supplierName} asks for help with the step {step}: {reason}'],
  ),
  escalation: of(
    [
      '{supplierName}：平台操作 {operation} 需人工处理',
      '平台未能按时撤销 {operation}，请人工处理：{message}',
    ],
    [
      '{supplierName}: {operation} needs a person',
      'The platform could not undo in time ({operation}): {message}',
    ],
  ),
  'closed-ACCEPTED': of(
    ['{supplierName}：已通过验收', '恭喜，本次数字化改造已通过验收。'],
    ['{supplierName} was accepted', 'Congratulations: the transformation was accepted.'],
  ),
  'closed-WITHDRAWN': of(
    ['{supplierName}：已按您的意愿退出', '已按贵企业的申请退出，账号与设备已注销。'],
    [
      '{supplierName} has withdrawn',
      'As you asked, the onboarding has ended; credentials and devices were removed.',
    ],
  ),
  'closed-DECLINED': of(
    ['{supplierName}：未予通过', '本次申请未予通过，原因见办理记录。'],
    ['{supplierName} was declined', 'The application was declined; the reason is in its record.'],
  ),
  'closed-FAILED': of(
    ['{supplierName}：本次接入未完成', '本次接入未能完成，于 {stage} 阶段结束。'],
    ['{supplierName}: the onboarding failed', 'The onboarding ended at {stage} without success.'],
  ),
  'closed-EXPIRED': of(
    ['{supplierName}：项目窗口已关闭', '项目窗口已关闭，未完成的接入已作到期处理。'],
    ['{supplierName}: the window has closed', 'The programme window has closed; what was open has expired.'],
  ),
} as const satisfies Record<string, Record<Locale, Words>>;
export type TemplateName = keyof typeof TEMPLATES;
