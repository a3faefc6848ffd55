import type { AuditRunResult } from '../../../../schemas/api/auditRun.ts';
import { dateOf } from '../../../../schemas/time.ts';
import { kpiName, VIEW_NAMES } from '../../domain/live/words.ts';
import { displacementSection, resultSection, secondViewSection, verdictSection } from './findings.ts';
import { limitsSection, methodSection, provenanceSection, threatsSection } from './grounds.ts';
import { Html, html } from './html.ts';
import { STYLE } from './style.ts';

/** The report as one page without scripts and links: what a bureau signs, prints and files. Pure in its argument. */
export function reportHtml(run: AuditRunResult): string {
  const kpi = kpiName(run.kpi);
  const title = `${kpi.zh}改造效果与溢出审计报告`;
  return html`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<header>
<p class="office">供应链数字化改造 · 独立审计 / SUPPLY-CHAIN DIGITISATION · AUDIT</p>
<h1>${title}</h1>
<p class="sub">Did it raise ${kpi.en}, and did it spread along the chain?</p>
${run.simulated ? html`<p class="simulated">本报告所用数据为模拟数据，不代表任何真实企业。 / All data in this report are simulated.</p>` : null}
${scope(run)}
</header>
${verdictSection(run)}
${resultSection(run)}
${secondViewSection(run)}
${displacementSection(run)}
${threatsSection(run)}
${methodSection(run)}
${limitsSection(run)}
${provenanceSection(run)}
<div class="sign"><div>编制人 / prepared by</div><div>复核人 / reviewed by</div><div>日期与盖章 / date and seal</div></div>
</main>
</body>
</html>
`.toString();
}

function scope(run: AuditRunResult): Html {
  const view = run.views[run.view];
  const { direct } = view.result;
  return html`<dl class="facts">
<dt>指标 KPI</dt><dd>${kpiName(run.kpi).zh}（${run.kpi.slug}/v${run.kpi.version}，${run.kpi.unit}）</dd>
<dt>项目 programmes</dt><dd>${run.programmes === null ? '全部 / all' : run.programmes.join('、')}</dd>
<dt>链 chain</dt><dd>${run.chain === null ? '全部 / all' : `${run.chain.name}（${run.chain.uscc}）`}</dd>
<dt>观察期 window</dt><dd>${view.months.first} 至 ${view.months.last}</dd>
<dt>截至 as of</dt><dd>${dateOf(new Date(run.asOf))}${run.knownAt === null ? '' : `，记录截至 / known at ${run.knownAt}`}</dd>
<dt>结论口径 view</dt><dd>${VIEW_NAMES[run.view].zh} / ${VIEW_NAMES[run.view].en}</dd>
<dt>企业 firms</dt><dd>处理组 ${direct.sample.treated}，受影响 ${view.result.nExposed}，干净对照 ${view.result.nCleanControl} / treated, exposed, clean controls</dd>
<dt>报告编号 run</dt><dd><code>${run.runId}</code></dd>
</dl>`;
}
