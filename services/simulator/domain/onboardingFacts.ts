import type { ActCommand } from '../../../schemas/api/acts.ts';
import type { FailureReason } from '../../../schemas/onboarding.ts';
import { PROGRAMME_EVENTS } from '../../../schemas/topics.ts';
import { yearlyRevenueFen } from './books.ts';
import { dateOfMs, isoOf } from './calendar.ts';
import { PLATFORM, programmeOf, SOLUTIONS } from './catalogue.ts';
import type { Population } from './firms.ts';
import type { Journey, JourneyStep } from './journey.ts';
import type { Fact } from './outbox.ts';
import { randomStream } from './random.ts';
import { ownFact } from './reports.ts';
import { leaderFact } from './trade.ts';

const EDITION = '2024';
/** Price of a transformation, and the subsidy that an accepted firm is paid of it. */
const PRICE_OF_YEARLY_REVENUE = 0.0365;
const SUBSIDY_OF_PRICE = 0.2;

/** What one step of an onboarding looks like from outside: a fact that somebody states, or an act of a person. */
export type Happening =
  | { readonly at: number; readonly fact: Fact }
  | { readonly at: number; readonly act: ActCommand };

/** Everything that happens in an onboarding, in time order. */
export function happeningsOf(seed: number, population: Population, journey: Journey): Happening[] {
  const teller = new Teller(seed, population, journey);
  return [teller.nomination(), ...journey.steps.flatMap((step, index) => teller.tell(step, index))].sort(
    (a, b) => a.at - b.at,
  );
}

/** Price (fen) of a firm's transformation. */
export function priceFen(seed: number, journey: Journey): number {
  const factor = randomStream(seed, `price/${journey.firm.index}`).between(0.85, 1.15);
  return Math.round((yearlyRevenueFen(seed, journey.firm) * PRICE_OF_YEARLY_REVENUE * factor) / 100) * 100;
}

class Teller {
  private readonly onboarding: { supplierUscc: string; platform: string; programme: string };
  private readonly providerUscc: string;

  constructor(
    private readonly seed: number,
    private readonly population: Population,
    private readonly journey: Journey,
  ) {
    const { firm } = journey;
    this.onboarding = { supplierUscc: firm.uscc, platform: PLATFORM, programme: programmeOf(firm.city) };
    this.providerUscc = population.providers[journey.provider]?.uscc ?? '';
  }

  nomination(): Happening {
    const { firm, nominatedAt } = this.journey;
    const leader = this.population.leaders[firm.leader];
    return {
      at: nominatedAt,
      fact: leaderFact(leader, firm.uscc, {
        id: `NOM-${firm.uscc}`,
        type: 'onboarding.supplier-nominated.v1',
        timeMs: nominatedAt,
        data: {
          ...this.onboarding,
          leaderUscc: leader.uscc,
          supplierName: firm.name,
          cityCode: firm.city.code,
          ...(firm.districtCode ? { districtCode: firm.districtCode } : {}),
          ...(firm.zone ? { zone: firm.zone } : {}),
          industryCode: firm.industry,
          industryEdition: '2017',
          tier: firm.tier,
        },
        delivery: 'prompt',
      }),
    };
  }

  tell(step: JourneyStep, index: number): Happening[] {
    const { firm } = this.journey;
    const on = dateOfMs(step.at);
    const number = (kind: string): string =>
      `${kind}-${firm.city.code}-${String(firm.index + 1).padStart(4, '0')}`;
    const own = (type: Fact['type'], data: Record<string, unknown>): Happening => ({
      at: step.at,
      fact: ownFact(firm, {
        id: `ONB-${step.kind}-${index}`,
        type,
        timeMs: step.at,
        data: { ...this.onboarding, ...data },
        delivery: 'prompt',
      }),
    });
    switch (step.kind) {
      case 'diagnosed':
        return [
          this.byRater(step, index, 'onboarding.diagnosis-completed.v1', {
            diagnosedOn: on,
            edition: EDITION,
            score: step.score,
            level: step.level,
          }),
        ];
      case 'plan-filed':
        return [
          this.byProvider(step, index, 'onboarding.plan-filed.v1', {
            planNumber: number('PLAN'),
            solution: SOLUTIONS[firm.index % SOLUTIONS.length],
            priceFen: priceFen(this.seed, this.journey),
            currency: 'CNY',
          }),
        ];
      case 'plan-approved':
        return [this.act(step, 'approve-plan', this.bureau(), { reason: '方案与诊断结论相符，同意实施' })];
      case 'plan-declined':
        return [
          this.act(step, 'decline-plan', this.bureau(), {
            reason: '企业自筹资金与回收期不满足要求',
            failureReason: step.reason,
          }),
        ];
      case 'contract-signed':
        return [
          own('onboarding.contract-signed.v1', {
            providerUscc: this.providerUscc,
            contractNumber: number('HT'),
            signedOn: on,
            amountFen: priceFen(this.seed, this.journey),
            currency: 'CNY',
          }),
        ];
      case 'training-completed':
      case 'late-training-report':
        return [
          own('onboarding.training-completed.v1', { completedOn: on, trainedPersons: 3 + (firm.index % 17) }),
        ];
      case 'system-deployed':
        return [
          this.byProvider(step, index, 'onboarding.system-deployed.v1', {
            deployedOn: on,
            modules: [SOLUTIONS[firm.index % SOLUTIONS.length]],
          }),
        ];
      case 'go-live-confirmed':
        return [own('onboarding.go-live-confirmed.v1', { liveOn: on })];
      case 'tenant-connected':
        return [];
      case 'self-assessed':
        return [
          this.act(
            step,
            'self-assess',
            { name: '企业数字化负责人', role: 'supplier', uscc: firm.uscc },
            { edition: EDITION, score: step.score, level: step.level },
          ),
        ];
      case 'level-assessed':
        return [
          this.byRater(step, index, 'onboarding.level-assessed.v1', {
            assessedOn: on,
            edition: EDITION,
            score: step.score,
            level: step.level,
          }),
        ];
      case 'finance-audited':
        return [
          this.act(
            step,
            'audit-finance',
            { name: '专项审计（情景）', role: 'financial-auditor' },
            { outcome: 'matched', reason: '合同、发票与付款一致' },
          ),
        ];
      case 'accepted':
        return [
          this.byBureau(step, 'onboarding.acceptance-decided.v1', {
            ...this.onboarding,
            decidedOn: on,
            outcome: 'accepted',
            decidedBy: '验收组（情景）',
          }),
        ];
      case 'subsidy-paid':
        return [
          this.byBureau(step, 'subsidy.paid.v1', {
            supplierUscc: firm.uscc,
            programme: this.onboarding.programme,
            paymentNumber: number('BT'),
            paidOn: on,
            amountFen: Math.round(priceFen(this.seed, this.journey) * SUBSIDY_OF_PRICE),
            currency: 'CNY',
          }),
        ];
      case 'step-failed':
        return [
          this.byProvider(step, index, 'onboarding.step-failed.v1', {
            step: step.step,
            reason: step.reason,
            final: step.final,
            comment: COMMENTS[step.reason.group] ?? '未能继续',
          }),
        ];
      case 'withdrew':
        return [this.withdrawal(step, step.reason, own)];
      default: {
        const unknown: never = step;
        return unknown;
      }
    }
  }

  /** Most firms withdraw by their portal, some on the product's own pages. */
  private withdrawal(
    step: JourneyStep,
    reason: FailureReason,
    own: (type: Fact['type'], data: Record<string, unknown>) => Happening,
  ): Happening {
    const { firm } = this.journey;
    const comment = COMMENTS[reason.group] ?? '企业决定不再继续';
    if (firm.index % 4 !== 0) return own('onboarding.supplier-withdrew.v1', { reason, comment });
    return this.act(
      step,
      'withdraw',
      { name: '企业负责人', role: 'supplier', uscc: firm.uscc },
      { failureReason: reason, reason: comment },
    );
  }

  private bureau(): ActCommand['actor'] {
    return { name: `${this.journey.firm.city.name}主管部门`, role: 'bureau' };
  }

  private act(
    step: JourneyStep,
    act: ActCommand['act'],
    actor: ActCommand['actor'],
    content: Record<string, unknown>,
  ): Happening {
    const actId = `${act}-${this.journey.firm.uscc}`;
    const command = { act, actId, ...this.onboarding, actor, at: isoOf(step.at), ...content };
    return { at: step.at, act: command as ActCommand };
  }

  private byProvider(
    step: JourneyStep,
    index: number,
    type: Fact['type'],
    data: Record<string, unknown>,
  ): Happening {
    return this.programmeFact(
      step,
      `/provider/${this.providerUscc}`,
      `${this.journey.firm.uscc}-${step.kind}-${index}`,
      type,
      {
        ...this.onboarding,
        providerUscc: this.providerUscc,
        ...data,
      },
    );
  }

  private byRater(
    step: JourneyStep,
    index: number,
    type: Fact['type'],
    data: Record<string, unknown>,
  ): Happening {
    return this.programmeFact(
      step,
      `/rater/${this.journey.rater}`,
      `${this.journey.firm.uscc}-${step.kind}-${index}`,
      type,
      {
        ...this.onboarding,
        ...data,
      },
    );
  }

  private byBureau(step: JourneyStep, type: Fact['type'], data: Record<string, unknown>): Happening {
    const { firm } = this.journey;
    return this.programmeFact(
      step,
      `/bureau/${firm.city.code}/programme`,
      `${firm.uscc}-${step.kind}`,
      type,
      data,
    );
  }

  private programmeFact(
    step: JourneyStep,
    source: string,
    id: string,
    type: Fact['type'],
    data: Record<string, unknown>,
  ): Happening {
    return {
      at: step.at,
      fact: {
        topic: PROGRAMME_EVENTS,
        key: this.journey.firm.uscc,
        source,
        id,
        type,
        timeMs: step.at,
        data,
        mode: 'structured',
        delivery: 'prompt',
      },
    };
  }
}

const COMMENTS: Partial<Record<FailureReason['group'], string>> = {
  UNWILLING: '企业内部意愿不足',
  DARE_NOT: '资金与回收期压力',
  UNABLE: '缺少人员与基础系统',
  MISMATCH: '方案与工艺不匹配',
  INTEGRATION: '数据映射未通过',
  LEVEL_NOT_REACHED: '现场评估未达到二级',
};
