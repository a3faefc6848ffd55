import type { AuditCheck } from './events/audit.ts';
import type { NotCountableReason } from './measurement.ts';
import type { FailureGroup, OnboardingStatus, Stage } from './onboarding.ts';
import type { SourceClass } from './sources.ts';

/**
 * The domain's codes in Chinese: what a service writes for people and what the console shows read the same. Kept free of
 * any library, since the browser loads it.
 */

/** A sentence for people. Programs and logs take the English one. */
export interface Bilingual {
  readonly en: string;
  readonly zh: string;
}

export const bilingual = (en: string, zh: string): Bilingual => ({ en, zh });

/** Things one after the other in a Chinese sentence. */
export const listed = (things: readonly string[]): string => things.join('、');

export const STAGES_ZH: Readonly<Record<Stage, string>> = {
  NOMINATED: '链主提名',
  REGISTERED: '注册',
  IDENTITY_VERIFIED: '身份核验',
  DIAGNOSED: '诊断',
  PLAN_FILED: '方案备案',
  CONTRACTED: '签约',
  IMPLEMENTING: '实施',
  DATA_CONNECTED: '数据接通',
  LIVE: '上线运行',
  SELF_ASSESSED: '自评',
  ONSITE_RATED: '现场评级',
  FINANCE_AUDITED: '资金审计',
  ACCEPTED: '验收',
};

/** The steps of the programmes; a step that a programme brings itself is called by its name. */
export const STEPS_ZH: Readonly<Record<string, string>> = {
  ...STAGES_ZH,
  PLAN_APPROVED: '方案审批',
  PROVISIONED: '开通平台',
  TRAINED: '培训',
  DEPLOYED: '部署',
};

export const ROLES_ZH = {
  operator: '运维',
  leader: '链主企业',
  supplier: '供应商',
  provider: '服务商',
  rater: '评级机构',
  'financial-auditor': '财务审计',
  bureau: '主管部门',
  platform: '平台',
  replayer: '数据回放',
  system: '系统',
};

export const STATUSES_ZH: Readonly<Record<OnboardingStatus, string>> = {
  ACTIVE: '进行中',
  ACCEPTED: '通过验收',
  WITHDRAWN: '主动退出',
  DECLINED: '未批准',
  FAILED: '失败',
  EXPIRED: '过期',
};

export const GROUPS_ZH: Readonly<Record<FailureGroup | 'UNSTATED', string>> = {
  UNWILLING: '不愿转',
  DARE_NOT: '不敢转',
  UNABLE: '不会转',
  MISMATCH: '方案不匹配',
  PROVIDER: '服务商',
  INTEGRATION: '系统对接',
  ELIGIBILITY: '资格',
  EVIDENCE: '证明材料',
  LEVEL_NOT_REACHED: '等级未达',
  BUSINESS: '企业变动',
  PROGRAMME: '项目政策',
  UNSTATED: '未说明原因',
};

/** Why onboardings stall or fail. */
export const CAUSES_ZH: Readonly<Record<string, string>> = {
  AWARENESS: '认识不足',
  NO_OWNER: '无人负责',
  EMPLOYEE_RESISTANCE: '员工抵触',
  PAYBACK_TOO_LONG: '回收期过长',
  CASH: '资金紧张',
  DATA_DISCLOSURE_FEAR: '担心数据外泄',
  NO_STAFF: '缺少人员',
  LEGACY_EQUIPMENT: '设备老旧',
  NO_ERP: '没有 ERP',
  SOLUTION_DOES_NOT_FIT: '方案不适用',
  DEFAULT: '服务商违约',
  SCHEMA: '数据结构',
  MAPPING: '数据映射',
  NETWORK: '网络',
  NOT_ELIGIBLE: '不符合条件',
  MISSING: '缺失',
  REJECTED: '被退回',
  MISMATCHED: '不一致',
  BELOW_TARGET_LEVEL: '低于目标等级',
  CLOSED: '停业',
  MERGED: '被合并',
  QUOTA: '名额',
  MONEY: '资金',
  WINDOW_CLOSED: '窗口期已过',
};

/** Why an accepted firm does not count for its city's target. */
export const NOT_COUNTABLE_ZH: Readonly<Record<NotCountableReason, string>> = {
  NOT_ON_LIST: '不在城市名单内',
  INDUSTRY_NOT_PILOT: '不属试点行业',
  CONTRACT_MISSING: '没有合同',
  CONTRACT_OUTSIDE_WINDOW: '合同不在窗口期内',
  NOT_LIVE: '没有上线',
  PROJECT_OUTSIDE_WINDOW: '上线不在窗口期内',
  USE_NOT_SUSTAINED: '平台数据未显示持续使用',
  USE_STOPPED: '验收后停用',
  LEVEL_MISSING: '没有现场评级',
  RATER_UNKNOWN: '评级方不明',
  RATER_NOT_INDEPENDENT: '评级方是项目一方',
  LEVEL_NOT_REACHED: '现场评级不足二级',
  EVIDENCE_MISSING: '没有合同、发票、付款的审计结论',
  EVIDENCE_MISMATCHED: '合同、发票、付款不一致',
  COUNTED_ELSEWHERE: '已计入别处',
};

/** Why a figure has no value. */
export const NULL_REASONS_ZH: Readonly<Record<string, string>> = {
  NO_DATA: '当月没有上报',
  CONSIGNMENT_ONLY: '只有他方代管的寄售库存，缺少自有账',
  NO_COGS: '库存结账缺少销售成本',
  ZERO_COGS: '没有销售',
  ZERO_STOCK: '期初与期末库存均为零',
  ZERO_HOURS: '没有上报工时',
  ZERO_REVENUE: '没有上报营收',
  ZERO_UNITS: '没有上报产量',
  ZERO_HEADCOUNT: '没有上报人员',
  CURRENCY: '币种不是人民币',
  NO_APPROVALS: '当月没有审批',
  NO_CONTRACT: '尚未签约',
  BASELINE_MISSING: '签约前没有冻结基线',
  BASELINE_SHORT: '签约前完整月份不足 4 个',
  WINDOW_SHORT: '上线后完整月份不足 6 个',
  SEASON_UNMATCHED: '基线缺少同期月份',
  BASE_NOT_POSITIVE: '改造前的数值为零或负数，百分比变化没有意义',
  NOTHING_SAVED: '成本没有下降，谈不上回收',
  PAYBACK_UNKNOWN: '投入或前后成本不明',
  DEFINITION_CHANGED: '基线的口径不同',
  CONSENT_REQUIRED: '企业未授权显示',
  NO_CHAIN: '不在任何链上',
  FEWER_THAN_FIVE: '企业不足五家，不显示',
};

/** Who states an event. */
export const SOURCE_CLASSES_ZH: Readonly<Record<SourceClass, string>> = {
  chain: '链主',
  supplier: '供应商',
  platform: '平台',
  provider: '服务商',
  rater: '评级机构',
  bureau: '主管部门',
  system: '系统',
};

export const REGIONS_ZH: Readonly<Record<string, string>> = {
  east: '东部',
  central: '中部',
  west: '西部',
  'north-east': '东北',
};

/** What an auditor checks in a file. */
export const CHECKS_ZH: Readonly<Record<AuditCheck, string>> = {
  'papers-match': '合同、发票、付款一致',
  'level-true': '现场等级属实',
  'in-use': '系统实际在用',
  'figures-traceable': '指标可追溯到事件',
};

export const FINDING_STATES_ZH = {
  open: '待处理',
  replied: '已答复',
  appealed: '申诉中',
  closed: '已办结',
};

/** Why an audit has no figure at some place; what it says itself stands on the left. */
export const AUDIT_GAPS_ZH = {
  'fewer than 5 exposed units': '受影响企业不足 5 家',
  'no cell can be estimated': '没有可估计的月份',
  'no supplier of this chain signed a contract': '这条链上没有供应商签约',
  'fewer than twelve months since the first contract in this chain': '这条链首次签约至今不足十二个月',
  'no supplier of this chain has closed its stock in every month of both windows':
    '这条链上没有供应商在前后两个窗口的每个月都结了库存',
  'the leader has not closed its stock in every month of both windows':
    '链主没有在前后两个窗口的每个月都结库存',
} as const;
export type AuditGap = keyof typeof AUDIT_GAPS_ZH;

export const PHASES_ZH: Readonly<Record<'early' | 'mid' | 'late', string>> = {
  early: '前期',
  mid: '中期',
  late: '后期',
};

export const VERDICTS_ZH: Readonly<Record<'confirmed' | 'partly' | 'contradicted' | 'not_testable', string>> =
  {
    confirmed: '证实',
    partly: '部分证实',
    contradicted: '否定',
    not_testable: '无法检验',
  };

/** `UNABLE/NO_STAFF` reads 不会转：缺少人员. */
export function reasonInChinese(reason: string): string {
  const [group = '', cause = ''] = reason.split('/');
  const name = GROUPS_ZH[group as FailureGroup] ?? group;
  return cause === '' ? name : `${name}：${CAUSES_ZH[cause] ?? cause}`;
}
