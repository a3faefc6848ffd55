import type { EstimateResult } from '../../../../schemas/api/audit.ts';
import type { AuditRunResult, AuditVerdict, AuditViewResult } from '../../../../schemas/api/auditRun.ts';
import { VIEW_NAMES } from '../../domain/live/words.ts';
import { FEWEST_UNITS } from '../../domain/refusal.ts';
import { breakdownSvg } from './breakdownSvg.ts';
import { eventStudySvg } from './eventStudySvg.ts';
import { type Html, html, htmlTable } from './html.ts';
import { effect, interval, plain, type Scale, share, standardError, tenThousandYuan } from './numbers.ts';

/** Where a leader's stock fell by less than this share, saying where it went would describe noise. */
const NOTABLE_FALL = 0.02;
const PARTNERS: Readonly<Record<string, string>> = {
  '1': '1 家伙伴被处理 / one treated partner',
  '2': '2 家 / two',
  '3 or more': '3 家及以上 / three or more',
};
const VOLUME_SHARES: Readonly<Record<string, string>> = {
  'up to 1/3': '订货额占比不超过 1/3 / share of orders',
  'over 1/3 to 2/3': '1/3 至 2/3 / 1/3 to 2/3',
  'over 2/3': '超过 2/3 / over 2/3',
  'not known': '处理前订货额不详 / not known before',
};
const FINDING_ZH = { raised: '提高', lowered: '下降', none: '无法与零区分', refused: '不作结论' } as const;

export function verdictSection(run: AuditRunResult): Html {
  return html`<section><h2>一、结论<span>Verdict</span></h2>
${box('直接效果 / direct effect', run.direct, run.scale)}
${box('溢出效果 / spillover', run.spillover, run.scale)}
</section>`;
}

function box(title: string, verdict: AuditVerdict, scale: Scale): Html {
  const isRefused = verdict.finding === 'refused';
  const figure = isRefused
    ? html`<div class="figure">不作结论<small>refused</small></div>`
    : html`<div class="figure">${effect(verdict.att, scale)}<small>${FINDING_ZH[verdict.finding]} · 95 % ${interval(verdict.low, verdict.high, scale)}</small></div>`;
  return html`<div class="${isRefused ? 'verdict refused' : 'verdict'}"><h3>${title}</h3>${figure}
<p>${verdict.zh}</p><p class="en">${verdict.en}</p>
${verdict.refusals.length === 0 ? null : html`<ul>${verdict.refusals.map(({ code, reason, remedy, reasonZh, remedyZh }) => html`<li><code>${code}</code> ${reasonZh ?? ''}${remedyZh ?? ''}<div class="en">${reason} ${remedy}</div></li>`)}</ul>`}
</div>`;
}

export function resultSection(run: AuditRunResult): Html {
  const view = run.views[run.view];
  const { direct, spillover } = view.result;
  return html`<section><h2>二、随时间的效果<span>Effect over time</span></h2>
${study('直接效果：处理企业对干净对照', 'direct effect, treated firms against clean controls', direct, run)}
${study('溢出效果：未处理但有伙伴被处理的企业', 'spillover, untreated firms with a treated partner', spillover, run)}
${spilloverBreakdown(view, run.scale)}
</section>`;
}

function study(zh: string, en: string, result: EstimateResult, { scale, kpi }: AuditRunResult): Html {
  const band =
    result.bootstrap === null
      ? '未做自助法 / no bootstrap'
      : `阴影为同时置信带（${result.bootstrap.draws} 次自助，临界值 ${plain(result.bootstrap.criticalValue)}）/ shaded: simultaneous band`;
  return html`<h3>${zh}<span>${en}</span></h3>
<figure>${eventStudySvg(result.dynamic.egt, scale, kpi.unit, en)}
<figcaption>竖线为逐点 95 % 区间；虚线为处理起始；灰点为处理前安慰剂；${band}</figcaption></figure>
${htmlTable(
  ['汇总 aggregate', '估计 estimate', '标准误 se', '95 % 区间 interval'],
  (
    [
      ['简单 simple', result.simple],
      ['按距处理月数 event time', result.dynamic.overall],
      ['按批次 cohorts', result.group.overall],
      ['按日历月 calendar', result.calendar.overall],
    ] as const
  ).map(([name, value]) => [
    name,
    effect(value.att, scale),
    standardError(value.se, scale),
    interval(value.low, value.high, scale),
  ]),
)}`;
}

function spilloverBreakdown({ result }: AuditViewResult, scale: Scale): Html {
  const rows = [
    ...result.spillover.byNeighbours.map((bin) => ({
      ...bin,
      label: PARTNERS[bin.label] ?? bin.label,
    })),
    ...(result.spillover.byVolumeShare ?? []).map((bin) => ({
      ...bin,
      label: VOLUME_SHARES[bin.label] ?? bin.label,
    })),
    ...(result.spillover.byTier ?? []).map((bin) => ({
      ...bin,
      label: `第 ${bin.label} 层供应商 / tier ${bin.label}`,
    })),
  ];
  const shown = rows.map((row) =>
    row.units < FEWEST_UNITS ? { ...row, reason: `不足 ${FEWEST_UNITS} 家，不作估计 / too few firms` } : row,
  );
  return html`<h3>按暴露程度与层级的溢出<span>Spillover by exposure and tier (number of firms)</span></h3>
<figure>${breakdownSvg(shown, scale, 'spillover by exposure and tier')}
<figcaption>依次按被处理伙伴数、处理前订货额中与被处理伙伴所占份额、供应商层级分组；仅作描述，不据以下结论 / by treated partners, by their share of the orders placed before any treatment, by tier: descriptive, no verdict rests on it</figcaption></figure>`;
}

export function secondViewSection(run: AuditRunResult): Html {
  const other = run.views[run.view === 'contract' ? 'golive' : 'contract'];
  const row = (name: string, view: AuditViewResult) =>
    (['direct', 'spillover'] as const).map((part) => {
      const verdict = view.verdicts[part];
      return [
        name,
        part === 'direct' ? '直接 direct' : '溢出 spillover',
        effect(verdict.att, run.scale),
        interval(verdict.low, verdict.high, run.scale),
        FINDING_ZH[verdict.finding],
      ];
    });
  const names = (view: AuditViewResult) => `${VIEW_NAMES[view.view].zh} / ${VIEW_NAMES[view.view].en}`;
  return html`<section><h2>三、两种口径对照<span>Both views side by side</span></h2>
${htmlTable(
  ['口径 view', '效果 effect', '估计 estimate', '95 % 区间 interval', '结论 finding'],
  [...row(names(run.views[run.view]), run.views[run.view]), ...row(names(other), other)],
)}
<p class="note">按上线月时，签约未上线的企业（${run.views.golive.leftOut.notLive} 家）既不作处理组也不作对照；上线前 ${run.views.golive.anticipation} 个月视为实施期。 / By go-live, firms under contract but not live are neither treated nor controls; ${run.views.golive.anticipation} months before going live count as implementation.</p>
</section>`;
}

export function displacementSection(run: AuditRunResult): Html {
  return html`<section><h2>四、库存是否只是转移<span>Did stock leave the chain, or only move?</span></h2>
${htmlTable(
  [
    '链 chain',
    '账户 book',
    '此前库存（万元） before',
    '此后库存（万元） after',
    '库存变化 change',
    '周转变化 turns',
  ],
  run.displacement.flatMap((row) =>
    row.reason !== null && row.supplierStock.stockBeforeFen === null
      ? [[row.name, row.reason, '–', '–', '–', '–']]
      : (
          [
            ['链主 leader', row.leader],
            [`供应商 suppliers（${row.suppliers}）`, row.supplierStock],
            ['全链 chain', row.chain],
          ] as const
        ).map(([book, stock], index) => [
          index === 0 ? row.name : '',
          book,
          tenThousandYuan(stock.stockBeforeFen),
          tenThousandYuan(stock.stockAfterFen),
          share(stock.stockChange),
          share(stock.turnsChange),
        ]),
  ),
)}
<p class="note">此前：该链首份合同前十二个月；此后：最近十二个月；只计两期各月均有结账的供应商。此表为账面前后对比，不是因果估计；链主库存下降而供应商库存上升时，链主的改善在全链并不存在。${moved(run)} / Means over twelve months before the first contract of the chain and over the latest twelve; a comparison of books, not a causal estimate.</p>
</section>`;
}

const moved = (run: AuditRunResult): string =>
  run.displacement
    .flatMap(({ name, displaced, leader }) =>
      displaced !== null && displaced > 0 && (leader.stockChange ?? 0) < -NOTABLE_FALL
        ? [`${name}：链主减少的库存中有 ${(100 * displaced).toFixed(0)} % 出现在供应商账上。`]
        : [],
    )
    .join('');
