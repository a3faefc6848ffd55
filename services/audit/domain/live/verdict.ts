import type { AttWithInterval, EstimateResult, Refusal } from '../../../../schemas/api/audit.ts';
import type { AuditFinding, AuditRobustness, AuditVerdict } from '../../../../schemas/api/auditRun.ts';
import type { AuditKpi } from '../../../../schemas/auditFacts.ts';
import { bilingual } from '../../../../schemas/wording.ts';
import { MOST_BASELINES_MISSING, PLACEBO_LEVEL, refuse, tooFewReassignments } from '../refusal.ts';
import type { LivePanel } from './livePanel.ts';
import { kpiName, NOBODY_EXPOSED, refusalZh, SUBJECTS } from './words.ts';

export interface VerdictFacts {
  readonly part: 'direct' | 'spillover';
  readonly panel: LivePanel;
  readonly result: EstimateResult;
  readonly robustness: AuditRobustness;
  readonly kpi: AuditKpi;
  readonly scale: 'log' | 'level';
}

/** What can be said about one effect, in both languages; every rule that refuses it is named. */
export function verdictOf(facts: VerdictFacts): AuditVerdict {
  const { result, scale } = facts;
  const refusals = refusalsOf(facts);
  const finding = refusals.length > 0 ? 'refused' : findingOf(result.simple, facts.robustness);
  const { att, se, low, high } = result.simple;
  const toPercent = (value: number | null) => (value === null ? null : 100 * Math.expm1(value));
  const percent =
    scale === 'log' ? { att: toPercent(att), low: toPercent(low), high: toPercent(high) } : null;
  return { finding, att, se, low, high, percent, refusals, ...sentences(facts, finding, refusals) };
}

function refusalsOf({ part, panel, result, robustness }: VerdictFacts): Refusal[] {
  const own = [result.refusal, ...result.alsoRefused]
    .filter((refusal) => refusal !== null)
    .map((refusal) => (part === 'spillover' && refusal.code === 'NO_TREATED' ? NOBODY_EXPOSED : refusal));
  const { treated, missing } = panel.baselines;
  if (
    part === 'direct' &&
    missing > MOST_BASELINES_MISSING * treated &&
    !own.some(({ code }) => code === 'BASELINES_MISSING')
  )
    own.push(
      refuse(
        'BASELINES_MISSING',
        bilingual(
          `${missing} of ${treated} treated firms have fewer than four complete months before their contract: no baseline.`,
          `${treated} 家改造企业中有 ${missing} 家签约前完整月份不足四个，没有基线。`,
        ),
        bilingual(
          'Add the months before the contract, for instance by a ledger backfill with documents.',
          '请补充签约前的月份，例如以凭证补录账目。',
        ),
      ),
    );
  const { randomisation } = robustness;
  if (
    randomisation !== null &&
    randomisation.floor > PLACEBO_LEVEL &&
    !own.some(({ code }) => code === 'TOO_FEW_CLUSTERS')
  )
    own.push(tooFewReassignments(randomisation.floor));
  return own;
}

function findingOf({ low, high }: AttWithInterval, { randomisation }: AuditRobustness): AuditFinding {
  if (low === null || high === null) return 'none';
  if (randomisation !== null && randomisation.p > PLACEBO_LEVEL) return 'none';
  return low > 0 ? 'raised' : high < 0 ? 'lowered' : 'none';
}

function sentences(
  { part, panel, result, robustness, kpi, scale }: VerdictFacts,
  finding: AuditFinding,
  refusals: readonly Refusal[],
): { zh: string; en: string } {
  const subject = SUBJECTS[part][panel.view];
  const name = kpiName(kpi);
  if (finding === 'refused') {
    const codes = refusals.map(({ code }) => code);
    return {
      zh: `对${subject.zh}${name.zh}的变化不作结论：${codes.map((code) => refusalZh(code, part)).join('；')}。`,
      en: `No verdict on the ${name.en} of ${subject.en}: ${refusals.map(({ reason, remedy }) => `${reason} ${remedy}`).join(' ')}`,
    };
  }
  const { att, low, high } = result.simple;
  const show = (value: number | null) => shown(value, scale);
  const unit = scale === 'log' ? '' : ` ${kpi.unit}`;
  const interval = {
    zh: `${show(att)}${unit}，95% 置信区间 ${show(low)} 至 ${show(high)}`,
    en: `${show(att)}${unit}, 95 % interval ${show(low)} to ${show(high)}`,
  };
  const test =
    robustness.randomisation === null
      ? { zh: '', en: '' }
      : {
          zh: `；随机化检验 p = ${robustness.randomisation.p.toFixed(3)}`,
          en: `; randomisation test p = ${robustness.randomisation.p.toFixed(3)}`,
        };
  const condition = {
    zh: '前提：若无改造，两组企业走势平行（该前提未被否定，但不能证实）',
    en: 'provided that both groups would have moved in parallel otherwise (not rejected, which does not confirm it)',
  };
  switch (finding) {
    case 'raised':
      return {
        zh: `${subject.zh}的${name.zh}因此提高：${interval.zh}${test.zh}。${condition.zh}。`,
        en: `The ${name.en} of ${subject.en} rose because of it: ${interval.en}${test.en}, ${condition.en}.`,
      };
    case 'lowered':
      return {
        zh: `${subject.zh}的${name.zh}因此下降：${interval.zh}${test.zh}。${condition.zh}。`,
        en: `The ${name.en} of ${subject.en} fell because of it: ${interval.en}${test.en}, ${condition.en}.`,
      };
    case 'none':
      return {
        zh: `未能发现${subject.zh}的${name.zh}有区别于零的变化：${interval.zh}${test.zh}。`,
        en: `No effect on the ${name.en} of ${subject.en} can be told from zero: ${interval.en}${test.en}.`,
      };
    default: {
      const never: never = finding;
      return never;
    }
  }
}

/** A percentage for a logarithm, four digits otherwise; always with its sign. */
function shown(value: number | null, scale: 'log' | 'level'): string {
  if (value === null) return '–';
  const number = scale === 'log' ? 100 * Math.expm1(value) : value;
  const digits =
    scale === 'log' ? Math.abs(number).toFixed(1) : String(Number(Math.abs(number).toPrecision(4)));
  return `${number < 0 ? '−' : '+'}${digits}${scale === 'log' ? ' %' : ''}`;
}
