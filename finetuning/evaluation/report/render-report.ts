import type { EvaluationConfig } from '../../../configs/index.js';
import type { Comparison, Judged } from '../comparison.js';
import { barChart, type Series } from './bar-chart.js';
import { count, escape, percent } from './html.js';
import { style } from './style.js';
import { classTable, confusionTable, errorTable, matrixTable, overallTable } from './tables.js';

/** One HTML page that needs nothing else: no scripts, no fonts, no network, and its policy forbids them. */
export function renderReport(comparison: Comparison, config: EvaluationConfig): string {
  const { name, labels, rows, majority, base, finetuned } = comparison;
  const series = (title: string, hue: string, { metrics }: Judged): Series => ({
    name: title,
    hue,
    values: [metrics.accuracy, metrics.macro_precision, metrics.macro_recall, metrics.macro_f1],
  });
  const chart = barChart(
    'Accuracy, macro precision, macro recall and macro F1 of the finetuned model, the base and the majority line; the table below has the figures.',
    ['Accuracy', 'Macro precision', 'Macro recall', 'Macro F1'],
    [
      series('Finetuned', 'finetuned', finetuned),
      series('Base', 'base', base),
      series('Majority', 'majority', majority),
    ],
  );
  const right = Math.round(finetuned.metrics.accuracy * rows.length);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(name)}: evaluation</title>
<style>
${style}
</style>
</head>
<body>
<main>
<header>
<h1>${escape(name)}</h1>
<p>${count(rows.length)} held-out test rows, ${labels.length} labels. The finetuned model is right on ${count(right)} of them.</p>
</header>
<ul class="cards">
${card('Finetuned', 'finetuned', finetuned)}
${card('Base', 'base', base)}
${card('Majority', 'majority', majority)}
</ul>
<section aria-labelledby="overall"><h2 id="overall">Overall</h2>
<figure>${chart}</figure>
${overallTable(comparison)}
</section>
<section aria-labelledby="labels"><h2 id="labels">Label by label</h2>
${classTable(comparison)}
</section>
<section aria-labelledby="confusion"><h2 id="confusion">What is taken for what</h2>
${matrixTable(comparison)}
${confusionTable(comparison)}
</section>
<section aria-labelledby="errors"><h2 id="errors">Worst errors</h2>
<p class="note">A sure mistake is often a label that could be argued about, or a text that says too little.</p>
${errorTable(comparison, config.worst_errors)}
</section>
</main>
</body>
</html>`;
}

function card(name: string, hue: string, judged: Judged): string {
  return `<li class="${hue}"><div class="name">${name}</div><div class="big">${percent(judged.metrics.accuracy)}</div><div>accuracy</div><p class="what">${escape(judged.description)}</p></li>`;
}
