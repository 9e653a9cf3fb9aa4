"""The page's style sheet: one column, light and dark, readable on a phone."""

CSS = """
:root { color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #1c2430; --soft: #5b6675; --rule: #dfe3e8;
  --good: #1a7f4b; --bad: #b3261e; --unsure: #8a6100;
  --good-wash: #e8f5ee; --bad-wash: #fbeae9; --unsure-wash: #faf3e0;
  --c0: #1f5fa8; --c1: #b4540a; --c2: #5c6f22; --c3: #8a3a86; --c4: #0b7d7d; --c5: #6b6b6b; }
@media (prefers-color-scheme: dark) { :root {
  --page: #12161c; --card: #1b212a; --ink: #e6eaf0; --soft: #9aa6b5; --rule: #323b47;
  --good: #5fcf95; --bad: #ff8f86; --unsure: #e3b857;
  --good-wash: #16301f; --bad-wash: #3a1d1b; --unsure-wash: #332a12;
  --c0: #78b0f0; --c1: #f0a35e; --c2: #b5cc63; --c3: #dd90d8; --c4: #5cd0d0; --c5: #a8a8a8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1rem 1rem 4rem; }
header h1 { font-size: 1.5rem; margin: .6rem 0 .1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 0 0 .3rem; }
h3 { font-size: 1rem; margin: 1rem 0 .3rem; overflow-wrap: anywhere; }
p { margin: .3rem 0 .6rem; max-width: 46rem; }
.soft, figcaption, th, .note { color: var(--soft); }
.note { font-size: .88rem; }
section { background: var(--card); border: 1px solid var(--rule); border-radius: .6rem;
  padding: 1rem 1.1rem; margin: 1rem 0; }
.verdict { border-left: .45rem solid var(--tone); background: var(--wash); }
.verdict.good { --tone: var(--good); --wash: var(--good-wash); }
.verdict.bad { --tone: var(--bad); --wash: var(--bad-wash); }
.verdict.unsure { --tone: var(--unsure); --wash: var(--unsure-wash); }
.verdict .kind { color: var(--tone); font-weight: 700; text-transform: uppercase;
  letter-spacing: .05em; font-size: .82rem; }
.verdict .headline { font-size: 1.15rem; font-weight: 600; margin: .2rem 0 .5rem; }
.verdict ul { margin: 0; padding-left: 1.2rem; }
.verdict li { margin: .15rem 0; }
.problems { border-left: .45rem solid var(--unsure); }
.problems ul { margin: .2rem 0 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .7rem;
  margin: 1rem 0; }
.tile { background: var(--card); border: 1px solid var(--rule); border-radius: .6rem;
  padding: .6rem .8rem; }
.tile b { display: block; font-size: 1.25rem; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: .85rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { font-weight: 500; font-size: .85rem; text-align: right; vertical-align: bottom; }
td { text-align: right; white-space: nowrap; }
th, td { padding: .22rem .45rem; border-bottom: 1px solid var(--rule); }
th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal;
  overflow-wrap: anywhere; min-width: 6rem; }
td.plot, th.plot { width: 34%; min-width: 11rem; padding: 0 .3rem; }
tr.sum td { border-top: 2px solid var(--rule); font-weight: 650; }
tr.side td { color: var(--soft); }
.good-text { color: var(--good); font-weight: 600; } .bad-text { color: var(--bad);
  font-weight: 600; } .unsure-text { color: var(--unsure); }
.narrow { display: none; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 11px; }
.strip { min-width: 10.5rem; }
.strip .zero { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 2; }
.strip .bar { opacity: .38; }
.strip.good .bar, .strip.good .dot { fill: var(--good); }
.strip.bad .bar, .strip.bad .dot { fill: var(--bad); }
.strip.unsure .bar, .strip.unsure .dot { fill: var(--unsure); }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(16.5rem, 1fr));
  gap: .4rem 1rem; }
figure { margin: 0; } figcaption { font-size: .85rem; margin-top: .5rem; }
.chart .grid { stroke: var(--rule); }
.line { fill: none; stroke-width: 1; } .line.strong { stroke-width: 2.2; }
.line.faint { opacity: .65; }
.line.c0, .mark.c0 { stroke: var(--c0); } .line.c1, .mark.c1 { stroke: var(--c1); }
.line.c2, .mark.c2 { stroke: var(--c2); } .line.c3, .mark.c3 { stroke: var(--c3); }
.line.c4, .mark.c4 { stroke: var(--c4); } .line.c5, .mark.c5 { stroke: var(--c5); }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1rem; list-style: none; padding: 0;
  margin: .3rem 0; font-size: .88rem; }
.swatch { display: inline-block; width: 1.1em; height: .28em; margin-right: .4em;
  vertical-align: middle; }
.swatch.c0 { background: var(--c0); } .swatch.c1 { background: var(--c1); }
.swatch.c2 { background: var(--c2); } .swatch.c3 { background: var(--c3); }
.swatch.c4 { background: var(--c4); } .swatch.c5 { background: var(--c5); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--page);
  border: 1px solid var(--rule); border-radius: .4rem; padding: .6rem .7rem; margin: .3rem 0 .6rem;
  max-height: 22rem; overflow: auto; unicode-bidi: isolate; contain: paint;
  font: .86rem/1.45 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 0 1rem; }
.pair > div { min-width: 0; }
.badge { font-size: .8rem; padding: .05rem .45rem; border-radius: 1rem; border: 1px solid; }
.badge.good { color: var(--good); } .badge.bad { color: var(--bad); }
.badge.unsure { color: var(--unsure); }
details { margin: .4rem 0; } summary { cursor: pointer; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .3rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
footer { color: var(--soft); font-size: .88rem; }
@media (max-width: 34rem) { main { padding: .6rem .6rem 3rem; } section { padding: .8rem .7rem; }
  body { font-size: 15px; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; }
  .optional { display: none; } td.plot, th.plot { width: 44%; min-width: 8rem; }
  .narrow { display: block; color: var(--soft); font-size: .78rem; font-weight: 400; }
  td:first-child, th:first-child { min-width: 4.5rem; }
  .strip { min-width: 7.6rem; } th, td { padding: .22rem .28rem; font-size: .86rem; }
  svg.scale text { font-size: 19px; } }
@media print { body { background: none; } section { break-inside: avoid; }
  pre { max-height: none; } }
"""
