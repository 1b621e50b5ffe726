import { escape, figure } from './html.js';
import { table } from './table.js';

type Own = { readonly own: Readonly<Record<string, number | null>> };

/** What the project's own metrics say of the models; nothing where it has none. */
export function ownMetricsTable({
  base,
  production,
  finetuned,
}: {
  readonly base: Own;
  readonly production?: Own;
  readonly finetuned: Own;
}): string {
  const names = Object.keys(finetuned.own);
  if (names.length === 0) return '';
  const cell = (value: number | null | undefined): string =>
    `<td class="n">${typeof value === 'number' ? figure(value) : '–'}</td>`;
  return `\n${table({
    caption: 'By the project’s own metrics.',
    head: ['Metric', 'Finetuned', ...(production ? ['In production'] : []), 'Base'],
    body: names.map(
      (name) =>
        `<tr><th scope="row">${escape(name)}</th>${cell(finetuned.own[name])}${production ? cell(production.own[name]) : ''}${cell(base.own[name])}</tr>`,
    ),
  })}`;
}
