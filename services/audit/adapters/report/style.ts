/** Print-like: a page of A4, figures in ink, one accent. */
export const STYLE = `
:root{--ink:#1d2430;--soft:#5b6675;--line:#d5dae1;--accent:#0b5f8a;--pale:#e3eff6;--bad:#9a3412;--badpale:#fbeee6}
*{box-sizing:border-box}
body{margin:0;background:#eef1f4;color:var(--ink);font:15px/1.65 "Noto Sans SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif}
main{max-width:860px;margin:24px auto;background:#fff;padding:48px 50px 56px;border-top:6px solid var(--accent);box-shadow:0 1px 6px #0002}
header .office{color:var(--soft);letter-spacing:.12em;font-size:13px;margin:0}
h1{font-size:27px;line-height:1.3;margin:6px 0 2px}
.sub{color:var(--soft);margin:0 0 18px}
h2{font-size:18px;margin:38px 0 8px;padding-bottom:5px;border-bottom:1px solid var(--ink)}
h2 span,h3 span{color:var(--soft);font-weight:400;font-size:.82em;margin-left:8px}
h3{font-size:15px;margin:20px 0 4px}
.simulated{background:#fff6d6;border:1px solid #d9b84a;padding:8px 14px;margin:0 0 18px;font-weight:600}
.verdict{border:1px solid var(--accent);border-left-width:6px;background:var(--pale);padding:14px 18px;margin:12px 0;break-inside:avoid}
.verdict.refused{border-color:var(--bad);background:var(--badpale)}
.verdict h3{margin:0 0 2px}
.verdict .figure{font-size:30px;font-weight:700;line-height:1.2;font-variant-numeric:tabular-nums}
.verdict .figure small{font-size:14px;font-weight:400;color:var(--soft);margin-left:10px}
.verdict p{margin:4px 0}
.en{color:var(--soft);font-size:13.5px}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:2px 18px;margin:8px 0}
dl.facts dt{color:var(--soft)}
dl.facts dd{margin:0}
table{border-collapse:collapse;width:100%;margin:8px 0 12px;font-size:13.5px;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:600;border-bottom:1.5px solid var(--ink);padding:5px 8px 5px 0;vertical-align:bottom}
td{border-bottom:1px solid var(--line);padding:5px 8px 5px 0;vertical-align:top}
th.n,td.n{text-align:right;padding-right:14px}td.n{white-space:nowrap}td:first-child{min-width:7.5em}
tr{break-inside:avoid}
figure{margin:10px 0 4px;break-inside:avoid}
figcaption,.note{color:var(--soft);font-size:13px;margin:2px 0 8px}
svg{width:100%;height:auto;display:block}
svg text{font-family:inherit}
.grid{stroke:#e6e9ee}.zero{stroke:#444c58;stroke-width:1.2}.start{stroke:var(--bad);stroke-dasharray:4 3}
.band{fill:#0b5f8a22}.bar{stroke:var(--accent);stroke-width:1.8}.dot{fill:var(--accent)}
.bar.before{stroke:#8b95a3}.dot.before{fill:#6d7785}
.tick,.axis{font-size:11.5px;fill:#5b6675}.aside{paint-order:stroke;stroke:#fff;stroke-width:5px}.label{font-size:13px;fill:#1d2430}.value{font-size:13px;font-weight:600;fill:#1d2430}
code,pre{font:12px/1.5 ui-monospace,Menlo,Consolas,monospace;background:#f4f6f8}
pre{padding:10px 12px;white-space:pre-wrap;word-break:break-all;margin:6px 0}
.hash{font:11.5px/1.4 ui-monospace,Menlo,Consolas,monospace;word-break:break-all}
ul{margin:6px 0;padding-left:1.3em}
.sign{display:grid;grid-template-columns:repeat(3,1fr);gap:26px;margin-top:42px;break-inside:avoid}
.sign div{border-top:1px solid var(--ink);padding-top:6px;color:var(--soft);min-height:74px}
@media print{body{background:#fff;font-size:12.5px}main{margin:0;padding:0;box-shadow:none;max-width:none}@page{size:A4;margin:18mm 16mm}}
@media (max-width:640px){main{padding:24px 16px;margin:0}.sign{grid-template-columns:1fr}}
`;
