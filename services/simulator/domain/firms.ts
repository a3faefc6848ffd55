import { instantOf } from './calendar.ts';
import {
  CITIES,
  type CityPlan,
  LATE_CHAIN,
  LEADERS,
  type LeaderId,
  type LeaderPlan,
  LONGQUANYI,
  PROVIDER_NAMES,
  SUBSIDIARY,
} from './catalogue.ts';
import { type RandomStream, randomStream, stratified } from './random.ts';
import { inventedUscc } from './uscc.ts';

/** What a firm brings to its transformation, each from 0 (nothing) to 1. */
export interface Traits {
  readonly cash: number;
  readonly staff: number;
  readonly erp: number;
  readonly fit: number;
  readonly leadership: number;
  readonly openness: number;
}

/** What a supplier gains from going live; the groups are those of the programme's claims. */
export type EffectGroup = 'longquanyi' | 'equipment' | 'subsidiary' | 'display' | 'other';

export interface Firm {
  readonly index: number;
  readonly uscc: string;
  readonly name: string;
  readonly city: CityPlan;
  readonly districtCode?: string;
  readonly zone?: string;
  readonly industry: string;
  readonly leader: LeaderId;
  readonly tier: 1 | 2;
  readonly traits: Traits;
  readonly effectGroup: EffectGroup;
  /** When its leader nominates it (ms); null for a bystander. */
  readonly nominatedAt: number | null;
  /** Tier 2: the tier-1 suppliers that buy from it. */
  readonly buyers: readonly Firm[];
}

export interface Leader extends LeaderPlan {
  readonly uscc: string;
  readonly source: string;
}

export interface Population {
  readonly leaders: Readonly<Record<LeaderId, Leader>>;
  readonly providers: readonly { readonly uscc: string; readonly name: string }[];
  readonly firms: readonly Firm[];
}

const TRADES: Readonly<Record<string, string>> = {
  '3670': '汽车零部件',
  '3974': '显示器件',
  '3985': '电子材料',
  '3979': '电子器件',
  '3811': '发电部件',
  '3484': '机械零部件',
  '3311': '金属结构',
  '2929': '塑料零件',
  '3240': '有色合金',
};
const FIRST = [
  '启',
  '瑞',
  '恒',
  '锦',
  '川',
  '岷',
  '沱',
  '蓉',
  '嘉',
  '泰',
  '宏',
  '正',
  '华',
  '益',
  '朗',
  '创',
];
const SECOND = [
  '明',
  '达',
  '远',
  '丰',
  '信',
  '航',
  '成',
  '隆',
  '科',
  '源',
  '峰',
  '和',
  '新',
  '盛',
  '立',
  '宇',
];
const TIER_TWO_SHARE = 0.36;
const PERSONS_SERIAL = { leader: 900_001, provider: 910_001, firm: 1 } as const;

/** Draws the firms of the scenario. @param multiplier 1 at the declared scale 1:10, 10 at full size */
export function drawPopulation(seed: number, multiplier: number): Population {
  const leaders = Object.fromEntries(
    LEADERS.map((plan, index) => {
      const uscc = inventedUscc(plan.regionCode, PERSONS_SERIAL.leader + index);
      return [plan.id, { ...plan, uscc, source: `/chain/${uscc}/erp/${plan.erp}` }];
    }),
  ) as Record<LeaderId, Leader>;
  const providers = PROVIDER_NAMES.map((name, index) => ({
    uscc: inventedUscc('510100', PERSONS_SERIAL.provider + index),
    name: `${name}（情景）`,
  }));
  const firms: Firm[] = [];
  for (const city of CITIES) firms.push(...drawCity(seed, city, multiplier, firms.length));
  firms.push(...drawLateChain(seed, multiplier, firms.length));
  return { leaders, providers, firms: linkTiers(seed, firms) };
}

const scaled = (firms: number, multiplier: number): number => Math.max(1, Math.round(firms * multiplier));

/** Instants (ms) spread over the days from `from` to `to`. */
function nominationsIn(random: RandomStream, from: string, to: string, count: number): number[] {
  const first = instantOf(from);
  const span = instantOf(to) - first;
  return stratified(random, count).map((share) => Math.round((first + share * span) / 1000) * 1000);
}

function drawCity(seed: number, city: CityPlan, multiplier: number, before: number): Firm[] {
  const random = randomStream(seed, `city/${city.code}`);
  const nominations: (number | null)[] = city.waves.flatMap(([from, to, firms]) =>
    nominationsIn(random, from, to, scaled(firms, multiplier)),
  );
  const bystanders = scaled(city.bystanders, multiplier);
  const traits = drawTraits(random, nominations.length, bystanders);
  for (let index = 0; index < bystanders; index++) nominations.push(null);
  const leaders = leaderSequence(random, nominations.length);
  const isChengdu = city.code === '510100';
  return nominations.map((nominatedAt, position) => {
    const index = before + position;
    const own = randomStream(seed, `firm/${index}`);
    const isSubsidiary = isChengdu && position === 0;
    const isLongquanyi = isChengdu && position > 0 && position <= scaled(LONGQUANYI.firms, multiplier);
    const leader: LeaderId = isSubsidiary
      ? 'magnet'
      : isLongquanyi
        ? 'vehicle'
        : (leaders[position] ?? 'display');
    const plan = LEADERS.find((candidate) => candidate.id === leader) as LeaderPlan;
    const industry = isSubsidiary
      ? SUBSIDIARY.industry
      : isLongquanyi
        ? LONGQUANYI.industry
        : own.pick(plan.industries);
    const zone =
      isSubsidiary || (isChengdu && !isLongquanyi && leader === 'display') ? SUBSIDIARY.zone : undefined;
    const drawnTier = own.chance(TIER_TWO_SHARE) ? 2 : 1;
    return {
      index,
      uscc: inventedUscc(isLongquanyi ? LONGQUANYI.districtCode : city.code, PERSONS_SERIAL.firm + index),
      name: isSubsidiary ? SUBSIDIARY.name : firmName(own, industry, index),
      city,
      ...(isLongquanyi ? { districtCode: LONGQUANYI.districtCode } : {}),
      ...(zone === undefined ? {} : { zone }),
      industry,
      leader,
      tier: isSubsidiary || isLongquanyi ? 1 : drawnTier,
      traits: isSubsidiary ? STRONG : (traits[position] as Traits),
      effectGroup: isSubsidiary
        ? 'subsidiary'
        : isLongquanyi
          ? 'longquanyi'
          : leader === 'equipment'
            ? 'equipment'
            : leader === 'display'
              ? 'display'
              : 'other',
      nominatedAt: isSubsidiary ? instantOf('2023-06-26', 11) : nominatedAt,
      buyers: [],
    };
  });
}

/** Comes after all other firms, so that none of their draws depends on it. */
function drawLateChain(seed: number, multiplier: number, before: number): Firm[] {
  const random = randomStream(seed, 'late-chain');
  const [from, to, count] = LATE_CHAIN.wave;
  const nominations = nominationsIn(random, from, to, scaled(count, multiplier));
  const bystanders = scaled(LATE_CHAIN.bystanders, multiplier);
  const traits = drawTraits(random, nominations.length, bystanders);
  const city = CITIES.find(({ code }) => code === LATE_CHAIN.cityCode) as CityPlan;
  const plan = LEADERS.find(({ id }) => id === LATE_CHAIN.leader) as LeaderPlan;
  return traits.map((own, position) => {
    const index = before + position;
    const stream = randomStream(seed, `firm/${index}`);
    const industry = stream.pick(plan.industries);
    return {
      index,
      uscc: inventedUscc(city.code, PERSONS_SERIAL.firm + index),
      name: firmName(stream, industry, index),
      city,
      industry,
      leader: LATE_CHAIN.leader,
      tier: 1,
      traits: own,
      effectGroup: 'other',
      nominatedAt: nominations[position] ?? null,
      buyers: [],
    };
  });
}

const STRONG: Traits = { cash: 1.3, staff: 1.3, erp: 1.3, fit: 1.3, leadership: 1.3, openness: 1.3 };

/** Each trait is stratified over the nominated firms: the city's mix is steady, which firm has what is not. */
function drawTraits(random: RandomStream, nominated: number, bystanders: number): Traits[] {
  const draw = (): number[] => [...stratified(random, nominated), ...stratified(random, bystanders)];
  const [cash, staff, erp, fit, leadership, openness] = [draw(), draw(), draw(), draw(), draw(), draw()];
  return Array.from({ length: nominated + bystanders }, (_, index) => ({
    cash: cash[index] ?? 0,
    staff: staff[index] ?? 0,
    erp: erp[index] ?? 0,
    fit: fit[index] ?? 0,
    leadership: leadership[index] ?? 0,
    openness: openness[index] ?? 0,
  }));
}

function leaderSequence(random: RandomStream, count: number): LeaderId[] {
  const total = LEADERS.reduce((sum, leader) => sum + leader.weight, 0);
  return stratified(random, count).map((share) => {
    let reached = 0;
    for (const leader of LEADERS) {
      reached += leader.weight;
      if (share * total < reached) return leader.id;
    }
    return 'magnet';
  });
}

function firmName(random: RandomStream, industry: string, index: number): string {
  return `${random.pick(FIRST)}${random.pick(SECOND)}${TRADES[industry] ?? '制造'}${String(index + 1).padStart(3, '0')}（情景）`;
}

/** Gives each tier-2 firm one to three buyers among the tier-1 suppliers of its own leader. */
function linkTiers(seed: number, firms: readonly Firm[]): Firm[] {
  return firms.map((firm) => {
    if (firm.tier === 1) return firm;
    const random = randomStream(seed, `buyers/${firm.index}`);
    const candidates = firms.filter((other) => other.tier === 1 && other.leader === firm.leader);
    const nearby = candidates.filter((other) => other.city.code === firm.city.code);
    const local = random.shuffled(nearby).slice(0, 1);
    const others = random.shuffled(candidates.filter((other) => !local.includes(other)));
    return { ...firm, buyers: [...local, ...others.slice(0, random.whole(local.length === 0 ? 1 : 0, 2))] };
  });
}
