import { escape, figure } from './html.js';

/** The models of a comparison, as rows of a table: the finetuned one first. */
export function modelRows<T>(
  { base, production, finetuned }: { readonly base: T; readonly production?: T; readonly finetuned: T },
  values: (model: T) => readonly (number | null)[],
): string[] {
  const row = (name: string, model: T): string =>
    `<tr><th scope="row">${escape(name)}</th>${values(model)
      .map((value) => `<td class="n">${figure(value)}</td>`)
      .join('')}</tr>`;
  return [
    row('Finetuned', finetuned),
    ...(production === undefined ? [] : [row('In production', production)]),
    row('Base', base),
  ];
}
