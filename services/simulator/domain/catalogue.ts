/** The scenario's fixed cast: cities, leaders, providers and raters. Every code and every firm is invented. */

export type RegionClass = 'east' | 'central' | 'west' | 'north-east';

export interface CityPlan {
  readonly code: string;
  readonly name: string;
  readonly regionClass: RegionClass;
  readonly batch: 1 | 2;
  /** Firms to transform, at 1:10 of the programme's defaults (500 east, 400 central, 300 west). */
  readonly target: number;
  readonly citation: string;
  readonly confidence: 'sure' | 'doubtful';
  /** How many firms are nominated, and when: [first day, last day, firms]. */
  readonly waves: readonly (readonly [from: string, to: string, firms: number])[];
  /** Suppliers of the leaders in this city that nobody nominates. */
  readonly bystanders: number;
  /** How much help a firm gets here with solution, money, training and mapping, from 0 to 1. */
  readonly help: number;
}

const SOURCED = 'pilot list, batch 1; target by region class';
const NORTH_EAST = 'pilot list, batch 1; the north-east has no class of its own: target configured';
const INVENTED = 'configuration of the scenario; the city does not exist';
const FIRST_WAVE = ['2023-06-20', '2023-09-15'] as const;
const lateStart = [
  ['2023-08-10', '2023-09-20', 2],
  ['2024-03-05', '2024-11-20', 9],
] as const;
const secondBatch = [['2024-06-10', '2025-03-20', 10]] as const;

export const CITIES: readonly CityPlan[] = [
  {
    code: '510100',
    name: '成都市',
    regionClass: 'west',
    batch: 1,
    target: 30,
    citation: SOURCED,
    confidence: 'sure',
    waves: [
      [...FIRST_WAVE, 32],
      ['2024-02-10', '2024-08-20', 2],
    ],
    bystanders: 8,
    help: 0.85,
  },
  {
    code: '530100',
    name: '昆明市',
    regionClass: 'west',
    batch: 1,
    target: 30,
    citation: SOURCED,
    confidence: 'sure',
    waves: [
      [...FIRST_WAVE, 18],
      ['2024-02-10', '2024-12-20', 3],
    ],
    bystanders: 3,
    help: 0.8,
  },
  {
    code: '340100',
    name: '合肥市',
    regionClass: 'central',
    batch: 1,
    target: 40,
    citation: SOURCED,
    confidence: 'sure',
    waves: [
      [...FIRST_WAVE, 24],
      ['2024-02-10', '2024-12-20', 3],
    ],
    bystanders: 3,
    help: 0.8,
  },
  {
    code: '360100',
    name: '南昌市',
    regionClass: 'central',
    batch: 1,
    target: 40,
    citation: SOURCED,
    confidence: 'sure',
    waves: [
      [...FIRST_WAVE, 24],
      ['2024-02-10', '2024-12-20', 2],
    ],
    bystanders: 3,
    help: 0.8,
  },
  {
    code: '320500',
    name: '苏州市',
    regionClass: 'east',
    batch: 1,
    target: 50,
    citation: SOURCED,
    confidence: 'sure',
    waves: [
      [...FIRST_WAVE, 29],
      ['2024-02-10', '2024-12-20', 2],
    ],
    bystanders: 3,
    help: 0.85,
  },
  {
    code: '210100',
    name: '沈阳市',
    regionClass: 'north-east',
    batch: 1,
    target: 40,
    citation: NORTH_EAST,
    confidence: 'doubtful',
    waves: [
      [...FIRST_WAVE, 24],
      ['2024-02-10', '2024-12-20', 2],
    ],
    bystanders: 3,
    help: 0.8,
  },
  {
    code: '429800',
    name: '示例中三市（虚构）',
    regionClass: 'central',
    batch: 1,
    target: 40,
    citation: INVENTED,
    confidence: 'sure',
    waves: [
      [...FIRST_WAVE, 15],
      ['2024-06-10', '2025-01-20', 5],
    ],
    bystanders: 3,
    help: 0.7,
  },
  {
    code: '339800',
    name: '示例东三市（虚构）',
    regionClass: 'east',
    batch: 1,
    target: 50,
    citation: INVENTED,
    confidence: 'sure',
    waves: [
      [...FIRST_WAVE, 18],
      ['2024-06-10', '2025-01-20', 6],
    ],
    bystanders: 3,
    help: 0.8,
  },
  {
    code: '229900',
    name: '示例东北市（虚构）',
    regionClass: 'north-east',
    batch: 1,
    target: 40,
    citation: INVENTED,
    confidence: 'sure',
    waves: [
      [...FIRST_WAVE, 15],
      ['2024-06-10', '2025-01-20', 6],
    ],
    bystanders: 3,
    help: 0.7,
  },
  {
    code: '329900',
    name: '示例东一市（虚构）',
    regionClass: 'east',
    batch: 1,
    target: 50,
    citation: INVENTED,
    confidence: 'sure',
    waves: lateStart,
    bystanders: 2,
    help: 0.35,
  },
  {
    code: '419900',
    name: '示例中一市（虚构）',
    regionClass: 'central',
    batch: 1,
    target: 40,
    citation: INVENTED,
    confidence: 'sure',
    waves: lateStart,
    bystanders: 2,
    help: 0.3,
  },
  {
    code: '519900',
    name: '示例西一市（虚构）',
    regionClass: 'west',
    batch: 1,
    target: 30,
    citation: INVENTED,
    confidence: 'sure',
    waves: lateStart,
    bystanders: 2,
    help: 0.3,
  },
  {
    code: '339900',
    name: '示例东二市（虚构）',
    regionClass: 'east',
    batch: 2,
    target: 50,
    citation: INVENTED,
    confidence: 'sure',
    waves: secondBatch,
    bystanders: 2,
    help: 0.55,
  },
  {
    code: '429900',
    name: '示例中二市（虚构）',
    regionClass: 'central',
    batch: 2,
    target: 40,
    citation: INVENTED,
    confidence: 'sure',
    waves: secondBatch,
    bystanders: 2,
    help: 0.5,
  },
  {
    code: '539900',
    name: '示例西二市（虚构）',
    regionClass: 'west',
    batch: 2,
    target: 30,
    citation: INVENTED,
    confidence: 'sure',
    waves: secondBatch,
    bystanders: 2,
    help: 0.5,
  },
];

/** A city may revise its plan: this one does. */
export const REVISED_PLAN = { code: '340100', target: 42, publishedOn: '2024-03-12', version: 2 } as const;

export const WINDOWS: Record<
  CityPlan['batch'],
  { publishedOn: string; from: string; to: string; year: number }
> = {
  1: { publishedOn: '2023-06-12', from: '2023-06-01', to: '2025-05-31', year: 2023 },
  2: { publishedOn: '2024-04-15', from: '2024-06-01', to: '2026-05-31', year: 2024 },
};

/** Days from nomination to the end of an onboarding's window. */
export const WINDOW_DAYS = 540;

export const PLATFORM = 'sichuan-iip';
export const programmeOf = (city: Pick<CityPlan, 'code' | 'batch'>): string =>
  `sme-${city.code}-${WINDOWS[city.batch].year}`;

export type LeaderId = 'display' | 'equipment' | 'vehicle' | 'magnet' | 'latecomer';

export interface LeaderPlan {
  readonly id: LeaderId;
  readonly name: string;
  readonly regionCode: string;
  readonly zone?: string;
  readonly erp: string;
  readonly mode: 'binary' | 'structured';
  readonly industries: readonly string[];
  /** Share of the suppliers, where the chain is not fixed by the city. */
  readonly weight: number;
}

export const LEADERS: readonly LeaderPlan[] = [
  {
    id: 'display',
    name: '京东方（情景）',
    regionCode: '510100',
    zone: '成都高新区',
    erp: 'sap',
    mode: 'binary',
    industries: ['3974', '3985', '3979'],
    weight: 40,
  },
  {
    id: 'equipment',
    name: '东方电气（情景）',
    regionCode: '510600',
    erp: 'kingdee',
    mode: 'structured',
    industries: ['3811', '3484', '3311'],
    weight: 30,
  },
  {
    id: 'vehicle',
    name: '整车厂（情景）',
    regionCode: '510100',
    erp: 'sap',
    mode: 'binary',
    industries: ['3670', '3311', '2929'],
    weight: 22,
  },
  {
    id: 'magnet',
    name: '银河磁体（情景）',
    regionCode: '510100',
    zone: '成都高新区',
    erp: 'kingdee',
    mode: 'structured',
    industries: ['3985', '3240'],
    weight: 14,
  },
  {
    id: 'latecomer',
    name: '五金件采购商（情景）',
    regionCode: '530100',
    erp: 'kingdee',
    mode: 'binary',
    industries: ['3311', '3484'],
    weight: 0,
  },
];

/**
 * A chain of small workshops that had no ledger before: their books begin a month before their contract, too late for a
 * baseline or for a look at earlier trends.
 */
export const LATE_CHAIN = {
  leader: 'latecomer',
  cityCode: '530100',
  wave: ['2023-10-01', '2023-11-15', 14],
  bystanders: 8,
  /** First month with books of the firms that sign no contract. */
  booksFrom: '2023-10',
} as const;

export const LONGQUANYI = { districtCode: '510112', industry: '3670', firms: 22 } as const;
export const SUBSIDIARY = { name: '银河磁体子公司（情景）', industry: '3985', zone: '成都高新区' } as const;

/** Providers of solutions and raters are as fictional as the firms. */
export const PROVIDER_NAMES = [
  '智联方案',
  '云桥软件',
  '精工数科',
  '蓉信集成',
  '川流系统',
  '衡新咨询',
] as const;
export const RATERS = ['rater-east', 'rater-central', 'rater-west', 'rater-north'] as const;
export const SOLUTIONS = ['轻量MES', '云ERP', '设备联网', '质量追溯', '供应链协同'] as const;

/** Service procurement in Chengdu moves from paper to the online platform on this day. */
export const ONLINE_APPROVAL_FROM = '2024-01-01';
