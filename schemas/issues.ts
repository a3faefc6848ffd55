import type { z } from 'zod';
import { type Bilingual, bilingual, listed } from './wording.ts';

/** What does not fit at one place of a value. */
export interface FieldIssue {
  readonly path: readonly string[];
  readonly said: Bilingual;
}

/** The place of what concerns a value as a whole. */
export const WHOLE = bilingual('(whole)', '（整体）');

/** What the schemas' own rules say, in Chinese; a test finds the rule that is missing here. */
export const RULES_ZH: Readonly<Record<string, string>> = {
  'must be 18 characters of 0-9 A-Y without I, O, S, V, Z': '须为 18 位，0-9 与 A-Y，不含 I、O、S、V、Z',
  'must be a six-digit GB/T 2260 code': '须为 GB/T 2260 六位区划代码',
  'must be a four-digit GB/T 4754 class': '须为 GB/T 4754 四位行业代码',
  'must be a month as YYYY-MM': '须为月份，形如 2024-10',
  'must be an ISO 4217 code': '须为 ISO 4217 币种代码，如 CNY',
  'must be 64 lower-case hex digits': '须为 64 位小写十六进制数',
  'must be lower-case letters, digits and hyphens': '只能用小写字母、数字和连字符',
  'must be 16 hex digits': '须为 16 位十六进制数',
  'must be a JSON media type': '须为 JSON 的媒体类型',
  'must not be before submittedAt': '不得早于提交时间（submittedAt）',
  'must differ from buyerUscc': '不得与买方（buyerUscc）相同',
  'must differ from firmUscc': '不得与该企业（firmUscc）相同',
  'must differ from the leader': '不得与链主相同',
  'must be after windowFrom': '须晚于窗口期开始（windowFrom）',
  'must be financial-auditor': '须为资金审计人员（financial-auditor）',
  'is mandatory when the outcome is declined': '不予通过时必须填写',
  'must not exceed producedUnits': '不得多于产量（producedUnits）',
  'must name each carrier once': '每种能源只能列一次',
  'is needed with action replace, and only then': '仅在替换（replace）时填写，且必须填写',
  'is not a cause of this group': '不是这一类下的原因',
  'has a right check digit and needs no override': '校验位是对的，无需例外登记',
  'is not a unified social credit code': '不是统一社会信用代码',
  'is no reason code; docs/errors.md lists them': '不是原因代码，代码见 docs/errors.md',
  'must be a path that begins with one slash': '须为以一个斜杠开头的路径',
  'must be 1 to 40 letters, digits, dots, hyphens or underscores':
    '须为 1 至 40 位字母、数字、点、连字符或下划线',
  'must be a name without path and control characters': '须为文件名，不含路径与控制字符',
  'must be 6 to 15 digits, + before a country code': '须为 6 至 15 位数字，国家代码前可加 +',
  'give either score or parts': '总分与分项只填其一',
  'name dead letters by id, or choose them by reason, leader or time: one of the two':
    '按编号列出，或按原因、链主、时间选择，只用其一',
};

/** Issues that a schema marks with a code of the catalogue. */
const MARKED_ZH: Readonly<Record<string, string>> = {
  NEGATIVE_STOCK: '库存为负',
};

const KINDS_ZH: Readonly<Record<string, string>> = {
  string: '文本',
  number: '数字',
  int: '整数',
  boolean: '是或否（true 或 false）',
  object: '对象',
  record: '对象',
  array: '列表',
  null: '空值',
  nan: '非数字',
  undefined: '空缺',
};
const FORMATS_ZH: Readonly<Record<string, string>> = {
  datetime: '应为带时区的时间，形如 2024-10-31T08:00:00Z',
  date: '应为日期，形如 2024-10-31',
  url: '应为网址',
  email: '应为电子邮箱',
};

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isNaN(value) ? 'nan' : typeof value;
const kindZh = (kind: string): string => KINDS_ZH[kind] ?? kind;

/** `at most` or `at least` of a size, in Chinese. */
function bound(origin: string, limit: number | bigint, isMost: boolean, isInclusive: boolean): string {
  if (origin === 'string') return `${isMost ? '最多' : '至少'} ${limit} 个字符`;
  if (origin === 'array' || origin === 'set' || origin === 'map')
    return `${isMost ? '最多' : '至少'} ${limit} 项`;
  if (isInclusive) return `不得${isMost ? '大于' : '小于'} ${limit}`;
  return `须${isMost ? '小于' : '大于'} ${limit}`;
}

function inChinese(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return '缺少该项';
      return `应为${kindZh(issue.expected)}，收到的是${kindZh(kindOf(issue.input))}`;
    case 'invalid_value':
      return `应为${issue.values.length > 1 ? '以下之一：' : '：'}${listed(issue.values.map(String))}`;
    case 'too_big':
      return bound(issue.origin, issue.maximum, true, issue.inclusive !== false);
    case 'too_small':
      return bound(issue.origin, issue.minimum, false, issue.inclusive !== false);
    case 'invalid_format':
      return FORMATS_ZH[issue.format] ?? '格式不对';
    case 'unrecognized_keys':
      return `没有这样的项：${listed(issue.keys)}`;
    case 'not_multiple_of':
      return `须为 ${issue.divisor} 的倍数`;
    case 'invalid_union':
      return '不符合任何一种允许的形式';
    default:
      return '内容不符合要求';
  }
}

/**
 * What a schema holds against a value, place by place, in both languages.
 * @param error what the schema said when it judged the value
 */
export function issuesInWords(schema: z.ZodType, value: unknown, error: z.ZodError): FieldIssue[] {
  // Asked again with Chinese words: only a refused value pays for it.
  const again = schema.safeParse(value, { error: inChinese }).error?.issues ?? [];
  return error.issues.map((issue, index) => {
    const marked = issue.code === 'custom' ? MARKED_ZH[String(issue.params?.code)] : undefined;
    const said = again[index]?.message;
    const chinese = said === undefined || said === issue.message ? '内容不符合要求' : said;
    return {
      path: issue.path.map(String),
      said: bilingual(issue.message, marked ?? RULES_ZH[issue.message] ?? chinese),
    };
  });
}

/** Issues in one line: `data.period: must be a month as YYYY-MM; …`. @param prefix where the value itself stands */
export function issuesInLine(issues: readonly FieldIssue[], prefix: readonly string[] = []): Bilingual {
  const line = (language: keyof Bilingual, colon: string, stop: string): string =>
    issues
      .map(({ path, said }) =>
        [[...prefix, ...path].join('.') || WHOLE[language], said[language]].join(colon),
      )
      .join(stop);
  return bilingual(line('en', ': ', '; '), line('zh', '：', '；'));
}
