import type { Comparison, Judged } from '../comparison.js';
import { count, escape, figure } from './html.js';
import type { Section } from './page.js';
import { table } from './table.js';

interface SliceFigures {
  readonly by: string;
  readonly value: string;
  readonly rows: number;
  readonly base: number | null;
  readonly finetuned: number | null;
}

/** Some of the rows by themselves; nothing where there are no slices. */
export function sliceSection(
  slices: readonly SliceFigures[],
  caption = 'How often the models are right on some of the rows.',
): Section[] {
  if (slices.length === 0) return [];
  const body = slices.map(
    ({ by, value, rows, base, finetuned }) =>
      `<tr><th scope="row">${escape(`${by}: ${value}`)}</th><td class="n">${count(rows)}</td>` +
      `<td class="n">${figure(finetuned)}</td><td class="n">${figure(base)}</td></tr>`,
  );
  const head = ['Rows with', 'Rows', 'Finetuned', 'Base'];
  return [{ id: 'slices', title: 'Slices', content: table({ caption, head, body }) }];
}

/** Other test sets: what the finetuned model may have forgotten. */
export function setSection({ base, finetuned }: Comparison): Section[] {
  const names = Object.keys(finetuned.sets);
  if (names.length === 0) return [];
  const body = names.map((name) => {
    const [before, after] = [base.sets[name], finetuned.sets[name]] as [Judged, Judged];
    const figures = [after, before].flatMap(({ metrics }) => [metrics.accuracy, metrics.macro_f1]);
    return (
      `<tr><th scope="row">${escape(name)}</th><td class="n">${count(after.predicted.length)}</td>` +
      `${figures.map((value) => `<td class="n">${figure(value)}</td>`).join('')}</tr>`
    );
  });
  return [
    {
      id: 'sets',
      title: 'Other test sets',
      content: table({
        caption: 'The same figures on rows that are not those of the project’s test set.',
        head: ['Set', 'Rows', 'Accuracy', 'Macro F1', 'Accuracy of base', 'Macro F1 of base'],
        body,
      }),
    },
  ];
}
