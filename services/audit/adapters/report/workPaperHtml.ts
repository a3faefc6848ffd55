import type { WorkPaper } from '../../../../schemas/api/auditSample.ts';
import { Html, html, htmlTable } from './html.ts';
import { plain, share } from './numbers.ts';
import { STYLE } from './style.ts';

/** A work-paper to print and fill in. Pure in its argument. */
export function workPaperHtml(paper: WorkPaper): string {
  const { frame } = paper;
  return html`<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>审计底稿 ${paper.name}</title><style>${new Html(STYLE)}</style></head>
<body><main>
<header><p class="office">抽样审计底稿 / AUDIT WORK-PAPER · ${paper.drawId}</p>
<h1>${paper.name}</h1><p class="sub">${paper.uscc}</p>
${paper.simulated ? html`<p class="simulated">本底稿所用数据为模拟数据。 / All data are simulated.</p>` : null}
<dl class="facts">
<dt>项目 programme</dt><dd>${frame.programme}</dd>
<dt>地区 district</dt><dd>${frame.district}</dd>
<dt>服务商 provider</dt><dd>${frame.provider}</dd>
<dt>补贴 subsidy</dt><dd>${frame.subsidy}</dd>
<dt>现场评级 level / score</dt><dd>${frame.level} / ${frame.score}</dd>
<dt>入选方式 chosen</dt><dd>${paper.chosenBy === 'rule' ? '规则必选 by rule' : '随机抽取 at random'}</dd>
<dt>截至 as of</dt><dd>${paper.asOf}</dd>
</dl></header>
<h2>一、时间线<span>Timeline</span></h2>
${htmlTable(
  ['时间 at', '事件 event', '来源 source', '位置 position', '哈希 hash'],
  paper.timeline.map((event) => [
    event.at.slice(0, 10),
    event.type,
    event.source,
    `${event.topic}/${event.partition}@${event.offset}`,
    html`<span class="hash">${event.hash.slice(0, 16)}…</span>`,
  ]),
)}
<h2>二、凭证<span>Evidence</span></h2>
${htmlTable(
  ['日期 date', '种类 kind', '编号 number', 'SHA-256', '原件核对 seen'],
  paper.evidence.map((item) => [
    item.at.slice(0, 10),
    item.kind,
    item.number,
    item.sha256?.slice(0, 16) ?? '—',
    '☐',
  ]),
)}
<h2>三、基线与指标<span>Baseline and figures</span></h2>
<p>${paper.baseline === null ? '无冻结基线 / no frozen baseline' : `基线 ${paper.baseline.months.length} 个月，签约月 ${paper.baseline.contractMonth}，哈希 ${paper.baseline.figuresSha256.slice(0, 16)}…`}</p>
${htmlTable(
  ['指标 KPI', '此前 before', '此后 after', '变化 change', '图号 figure (cli explain)'],
  paper.kpis.map((kpi) => [
    kpi.kpi,
    plain(kpi.before),
    plain(kpi.after),
    kpi.change === null ? (kpi.reason ?? '–') : share(kpi.change),
    html`<code>${kpi.figureId}</code>`,
  ]),
)}
<h2>四、疑点<span>Findings</span></h2>
${
  paper.findings.length === 0
    ? html`<p>无 / none</p>`
    : htmlTable(
        ['编号 id', '严重度', '状态', '责任人'],
        paper.findings.map(({ id, severity, state, owner }) => [id, severity, state, owner]),
      )
}
<h2>五、审计人结论<span>The auditor’s own result</span></h2>
${htmlTable(
  ['项目 item', '结论 result (sound / faulty)', '说明 comment'],
  [
    ['合同、发票、付款一致', '', ''],
    ['现场等级属实', '', ''],
    ['系统实际使用', '', ''],
    ['指标可追溯', '', ''],
    ['总结论 overall', '', ''],
  ],
)}
<div class="sign"><div>审计人 / auditor</div><div>复核人 / reviewer</div><div>日期 / date</div></div>
</main></body></html>
`.toString();
}
