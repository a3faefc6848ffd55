import type { EstimateResult } from '../../../../schemas/api/audit.ts';
import type { AuditRobustness, AuditRunResult, AuditViewResult } from '../../../../schemas/api/auditRun.ts';
import { type Html, html, htmlTable } from './html.ts';
import { effect, plain, pValue, type Scale, standardError } from './numbers.ts';

/** What could be wrong with the estimate, and what was looked at. */
export function threatsSection(run: AuditRunResult): Html {
  const view = run.views[run.view];
  return html`<section><h2>五、对结论的威胁<span>Threats to the conclusion</span></h2>
${threats('直接效果 / direct effect', view.result.direct, view.robustness.direct, run.scale)}
${threats('溢出效果 / spillover', view.result.spillover, view.robustness.spillover, run.scale)}
${leaveOut(run, view)}
${run.warnings.length === 0 ? null : html`<h3>提示<span>Warnings</span></h3><ul>${run.warnings.map((warning, index) => html`<li>${run.warningsZh?.[index] ?? ''}<div class="en">${warning}</div></li>`)}</ul>`}
</section>`;
}

function threats(
  title: string,
  result: EstimateResult,
  { randomisation }: AuditRobustness,
  scale: Scale,
): Html {
  const { calibrated, wald } = result.pretrend;
  const verdict =
    calibrated.p === null
      ? '未检验 not tested'
      : calibrated.p <= 0.05
        ? '被否定 rejected'
        : '未被否定 not rejected';
  return html`<h3>${title}</h3>
${htmlTable(
  ['检查 check', '结果 result', '读法 how to read it'],
  [
    [
      `安慰剂：处理前平行趋势（${calibrated.method}，间隔 ${calibrated.distances.join('、')} 个月）`,
      html`p = ${pValue(calibrated.p)}，${verdict}`,
      calibrated.detectableSlope === null
        ? (calibrated.reason ?? '')
        : `以 80 % 功效可检出每月 ${effect(calibrated.detectableSlope, scale)} 的背离；“未被否定”不是“已证实”`,
    ],
    [
      '全部安慰剂单元的联合 Wald 检验',
      wald === null ? '奇异，无值 singular' : html`p = ${pValue(wald.p)}（自由度 ${wald.df}）`,
      '只展示，不作判断：此类面板中它常误判平行趋势 / shown, never decides',
    ],
    [
      '随机化检验：各链内重新分配处理日期',
      randomisation === null ? '–' : html`p = ${pValue(randomisation.p)}`,
      randomisation === null
        ? ''
        : `${randomisation.permutations} 次重新分配；p 的下限 ${pValue(randomisation.floor)} / reassignments within chains, floor of p`,
    ],
    [
      '敏感性：相对幅度（Rambachan–Roth）',
      result.sensitivity === null ? '–' : html`M = ${plain(result.sensitivity.breakdown)}`,
      '处理后趋势背离不超过处理前最大一步的 M 倍时，符号不变（保守）/ the sign survives violations up to M times the largest step before',
    ],
    [
      '双向固定效应（仅作对照）',
      html`${effect(result.twfe.att, scale)}`,
      '效果随批次或时间不同时有偏，不采用 / biased where effects differ; for comparison only',
    ],
  ],
)}`;
}

function leaveOut(run: AuditRunResult, { robustness }: AuditViewResult): Html | null {
  const names = new Map(run.displacement.map((row) => [row.leaderUscc, row.name]));
  const rows = (['direct', 'spillover'] as const).flatMap((part) =>
    (robustness[part].leaveOneLeaderOut ?? []).map(({ cluster, att, se }) => [
      part === 'direct' ? '直接 direct' : '溢出 spillover',
      names.get(cluster) ?? cluster,
      effect(att, run.scale),
      standardError(se, run.scale),
    ]),
  );
  if (rows.length === 0) return null;
  return html`<h3>逐一剔除链主<span>One leader left out at a time</span></h3>
${htmlTable(['效果 effect', '剔除 left out', '估计 estimate', '标准误 se'], rows)}`;
}

export function methodSection(run: AuditRunResult): Html {
  return html`<section><h2>六、方法<span>Method</span></h2>
<p>交错双重差分，Callaway 与 Sant’Anna（2021）：每批次、每月的平均处理效应 ATT(g,t)，以处理前最后一月为基期，对照为从未处理且从未暴露的企业（“干净对照”）；影响函数标准误，按企业聚类；同时置信带用 Rademacher 乘数自助。溢出：自身从未处理的企业，自首个交易伙伴被处理之月起（Xu 2023）；网络由申报的供应商间交易关系构成，链主不作为边。${run.scale === 'log' ? '结果变量为指标的自然对数，效果以百分比表示（100·(eˣ − 1)）。' : ''}</p>
<p class="en">Staggered difference-in-differences after Callaway and Sant’Anna (2021): ATT(g,t) against the last month before treatment, controls never treated and never exposed, influence-function errors by firm, Rademacher multiplier bootstrap for the simultaneous band. Spillover: untreated firms from the month in which their first trading partner was treated (Xu 2023); edges are declared relations among suppliers, leaders are none. ${run.scale === 'log' ? 'The outcome is the natural logarithm of the KPI.' : ''}</p>
<p>指标公式 / formula: ${run.kpi.formula}</p>
</section>`;
}

export function limitsSection(run: AuditRunResult): Html {
  return html`<section><h2>七、局限<span>Limits</span></h2>
<ul>${run.limits.map(({ zh, en }) => html`<li>${zh}<br><span class="en">${en}</span></li>`)}</ul></section>`;
}

export function provenanceSection(run: AuditRunResult): Html {
  const view = run.views[run.view];
  const other = run.views[run.view === 'contract' ? 'golive' : 'contract'];
  return html`<section><h2>八、复算与溯源<span>Recompute and trace</span></h2>
<p>在本报告所在文件夹运行下列命令，得到相同的数字（种子 ${run.seed}）；CSV 亦可交由任何同类软件复算。 / In this folder these commands give the same figures.</p>
<pre>${view.recompute}
${other.recompute}</pre>
${htmlTable(
  ['冻结文件 frozen file', 'SHA-256'],
  run.files.map(({ name, sha256 }) => [name, html`<span class="hash">${sha256}</span>`]),
)}
<h3>事件链锚点<span>Heads of the event chains when the panel was frozen</span></h3>
${htmlTable(
  ['主题/分区 topic/partition', '判定数 verdicts', '链头 head'],
  run.anchors.map(({ topic, partition, length, head }) => [
    `${topic}/${partition}`,
    String(length),
    html`<span class="hash">${head}</span>`,
  ]),
)}
<p class="note">链上第 n 条判定之后的链头永不改变；冻结时一并运行 <code>cli anchors export</code>，其文件日后可由 <code>cli verify --anchors</code> 指出任何改动。 / The head after n verdicts never changes; a file of <code>cli anchors export</code> kept beside this report lets <code>cli verify --anchors</code> name any later change.</p>
</section>`;
}
