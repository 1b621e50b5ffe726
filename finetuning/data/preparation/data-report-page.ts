import type { DataReport } from './data-report.js';

/** The report as one page that needs nothing beside it, in light and dark. */
export function dataReportPage(report: DataReport, name: string): string {
  const { steps, splits, leakage, duplicates, redacted, lengthsUpTo } = report;
  const sets = [splits.train, splits.val, splits.test];
  const labels = [...new Set(sets.flatMap((set) => Object.keys(set.labels)))].sort();
  const lengths = [...lengthsUpTo.map((most) => `up to ${most}`), 'longer'];
  const sections = [
    table(
      'Steps',
      ['step', 'rows before', 'rows after', 'dropped'],
      steps.map(({ step, before, after }) => [step.replaceAll('_', ' '), before, after, before - after]),
    ),
    table(
      'Splits',
      ['split', 'rows'],
      Object.entries(splits).map(([split, { rows }]) => [split, rows]),
    ),
    table(
      'Rows that training saw',
      ['split', 'the same text', 'nearly the same', 'of the same group'],
      Object.entries(leakage).map(([split, { same, near, group }]) => [split, same, near, group]),
    ),
    table('Duplicates dropped', ['exact', 'near'], [[duplicates.exact, duplicates.near ?? 'not looked for']]),
    table('Personal data replaced', ['kind', 'times'], Object.entries(redacted)),
    table(
      'Labels',
      ['label', 'train', 'val', 'test', ''],
      labels.map((label) => {
        const counts = sets.map((set) => set.labels[label] ?? 0);
        return [
          label,
          ...counts,
          bar(counts[0] ?? 0, Math.max(...labels.map((each) => splits.train.labels[each] ?? 0))),
        ];
      }),
    ),
    table(
      'Numbers to be learned',
      ['split', 'lowest', 'mean', 'highest'],
      Object.entries(splits).flatMap(([split, { numbers }]) =>
        numbers ? [[split, numbers.lowest, numbers.mean, numbers.highest]] : [],
      ),
    ),
    table(
      'Lengths in characters',
      ['characters', 'train', 'val', 'test', ''],
      splits.train.lengths.map((count, at) => [
        lengths[at] as string,
        ...sets.map((set) => set.lengths[at] ?? 0),
        bar(count, Math.max(...splits.train.lengths)),
      ]),
    ),
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Data of ${escaped(name)}</title>
<style>
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin-bottom: 2rem }
th, td { padding: .2rem .8rem .2rem 0; text-align: right; border-bottom: 1px solid #8884 }
th:first-child, td:first-child { text-align: left }
.bar { display: inline-block; height: .8em; background: #4a7dbd }
</style>
<h1>Data of ${escaped(name)}</h1>
${sections.filter((section) => section !== '').join('\n')}
</html>`;
}

interface Bar {
  readonly percent: number;
}

function bar(count: number, most: number): Bar {
  return { percent: most === 0 ? 0 : (100 * count) / most };
}

function table(
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number | Bar)[])[],
): string {
  if (rows.length === 0) return '';
  const cell = (value: string | number | Bar): string =>
    typeof value === 'object'
      ? `<td style="text-align:left;width:12rem"><span class="bar" style="width:${value.percent.toFixed(1)}%"></span></td>`
      : `<td>${typeof value === 'number' ? value.toLocaleString('en') : escaped(value)}</td>`;
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n');
  return `<h2>${escaped(title)}</h2>
<table><thead><tr>${head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}</tr></thead>
<tbody>
${body}
</tbody></table>`;
}

function escaped(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] as string,
  );
}
