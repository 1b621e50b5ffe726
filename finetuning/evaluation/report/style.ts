/** The report's whole look. Colours are chosen for 4.5:1 contrast of text in both schemes. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #fbfaf8; --card: #ffffff; --ink: #1d2330; --soft: #5a6272; --line: #e3e1dc;
  --finetuned: #0f766e; --base: #b45309; --production: #4f46e5; --majority: #7c8494; --heat: 15 118 110; --miss: 180 83 9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151c; --card: #1a1f29; --ink: #e8eaf0; --soft: #a4adbd; --line: #2c3341;
    --finetuned: #2dd4bf; --base: #fbbf24; --production: #a5b4fc; --majority: #8d97a9; --heat: 15 118 110; --miss: 160 84 12;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
}
main { max-width: 68rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
header p, .note { color: var(--soft); max-width: 46rem; }
.doubt { max-width: 46rem; border-left: 4px solid var(--base); background: var(--card); padding: .6rem .9rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; margin: 2.8rem 0 .5rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1rem; margin: 1.6rem 0; padding: 0; list-style: none; }
.cards li { background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--hue); border-radius: .6rem; padding: 1rem 1.1rem; }
.cards .name { font-weight: 600; }
.cards .big { font-size: 2.1rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.cards .what { color: var(--soft); font-size: .88rem; margin: .35rem 0 0; }
.finetuned { --hue: var(--finetuned); } .base { --hue: var(--base); } .production { --hue: var(--production); } .majority { --hue: var(--majority); }
figure { margin: 1rem 0 0; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; }
figcaption { color: var(--soft); font-size: .88rem; margin-top: .5rem; }
svg { display: block; width: 100%; height: auto; font: 13px system-ui, sans-serif; }
svg text { fill: var(--ink); } svg .soft { fill: var(--soft); } svg .grid { stroke: var(--line); } svg .axis { stroke: var(--soft); stroke-dasharray: 5 4; }
svg rect.finetuned { fill: var(--finetuned); } svg rect.base { fill: var(--base); } svg rect.production { fill: var(--production); } svg rect.majority { fill: var(--majority); }
svg .line { fill: none; stroke: var(--hue); stroke-width: 2.2; } svg.curve { max-width: 44rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; }
svg .dot { fill: var(--hue); }
svg .point { fill: var(--hue); fill-opacity: .55; stroke: var(--hue); stroke-width: .8; }
.thumbnail { display: block; max-width: 8rem; max-height: 8rem; border-radius: .3rem; border: 1px solid var(--line); }
.thumbnail.pixels { image-rendering: pixelated; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; margin-top: 1rem; }
.scroll:focus-visible { outline: 3px solid var(--finetuned); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; color: var(--soft); padding: .7rem .8rem; }
th, td { padding: .4rem .8rem; text-align: left; border-top: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 500; white-space: nowrap; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.meter { display: inline-block; width: 7rem; height: .55rem; border-radius: .3rem; background: var(--line); overflow: hidden; vertical-align: middle; margin-right: .6rem; }
.meter i { display: block; height: 100%; background: var(--finetuned); }
.matrix { width: auto; font-size: .72rem; }
.matrix th, .matrix td { padding: .22rem .3rem; border: 0; }
.matrix thead th { vertical-align: bottom; } .matrix thead span { writing-mode: vertical-rl; transform: rotate(180deg); }
.matrix tbody th { text-align: right; }
.matrix td { text-align: center; min-width: 1.9rem; font-variant-numeric: tabular-nums; background: rgb(var(--miss) / var(--share)); }
.matrix td.hit { background: rgb(var(--heat) / var(--share)); }
.text { min-width: 20rem; overflow-wrap: anywhere; } .lemmas { color: var(--soft); font-size: .82rem; }
@media print { main { padding: 0; } .scroll, figure, .cards li { break-inside: avoid; } }
`.trim();
