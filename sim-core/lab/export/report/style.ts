/** The look of the report: one column that can be read and printed, in light and dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fff; --ink: #1c1b1f; --soft: #5b5a62; --rule: #dcdbe2; --warm: #f1f0f5;
  --ok: #1b6e3c; --failed: #b3261e; --wait: #b26a00;
  --l0: #2457a6; --l1: #a6502a; --l2: #6b3fa0; --l3: #1b7f79; --l4: #8a6d00; --l5: #a3286f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #17171b; --ink: #e7e6ec; --soft: #a9a8b3; --rule: #3a3942; --warm: #24232b;
    --ok: #7fd6a0; --failed: #ff9c92; --wait: #f2b35e;
    --l0: #8fb8ff; --l1: #f0a884; --l2: #c9a6f5; --l3: #78d3cc; --l4: #e0c35a; --l5: #f29ccb;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 46rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.7rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.15rem; }
p { margin: .5rem 0; }
code { font: .9em/1.4 ui-monospace, monospace; }
pre code, footer code { overflow-wrap: anywhere; }
pre { margin: .5rem 0; padding: .6rem .8rem; background: var(--warm); border-radius: 6px; white-space: pre-wrap; }
.soft, figcaption, footer { color: var(--soft); }
.verdict { font-weight: 600; }
.ok { color: var(--ok); } .failed { color: var(--failed); }
td .ok, td .failed { white-space: nowrap; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
th, td { padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; }
tbody th { font-weight: 500; }
.figure { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
figure { margin: 1.25rem 0; break-inside: avoid; }
figcaption strong { color: var(--ink); }
svg { display: block; width: 100%; height: auto; margin-top: .35rem; }
.warm { fill: var(--warm); } .grid { stroke: var(--rule); } .axis { stroke: var(--soft); }
.tick, .limit-text { font: 11px system-ui, sans-serif; fill: var(--soft); }
.line { fill: none; stroke-width: 1.6; stroke-linejoin: round; stroke-linecap: round; }
.limit { stroke: var(--failed); stroke-dasharray: 5 3; } .limit-text { fill: var(--failed); }
.deed { stroke: var(--ink); stroke-dasharray: 2 3; }
.key { margin-left: .6em; color: var(--ink); white-space: nowrap; }
.key::before { content: ''; display: inline-block; width: 1.1em; height: .35em; margin-right: .35em; vertical-align: middle;
  background: var(--colour); }
.line-0 { stroke: var(--l0); --colour: var(--l0); } .line-1 { stroke: var(--l1); --colour: var(--l1); }
.line-2 { stroke: var(--l2); --colour: var(--l2); } .line-3 { stroke: var(--l3); --colour: var(--l3); }
.line-4 { stroke: var(--l4); --colour: var(--l4); } .line-5 { stroke: var(--l5); --colour: var(--l5); }
.work { fill: var(--l0); --colour: var(--l0); } .wait { fill: var(--wait); --colour: var(--wait); }
.whole { fill: var(--soft); }
.travel { fill: var(--rule); --colour: var(--rule); }
footer { margin-top: 3rem; padding-top: .75rem; border-top: 1px solid var(--rule); font-size: .85rem; }
@media (max-width: 30rem) {
  /* Pictures shrink to the page, and what is written in them must not. */
  .tick, .limit-text { font-size: 17px; }
}
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2 { break-after: avoid; }
  tr { break-inside: avoid; }
}
`;
