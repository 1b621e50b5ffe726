import { escape } from './html.js';

export function table(parts: {
  readonly caption: string;
  readonly head: readonly string[];
  /** Columns with figures; by default all but the first. */
  readonly numeric?: readonly number[];
  readonly body: readonly string[];
}): string {
  const numeric = parts.numeric ?? parts.head.map((_, column) => column).slice(1);
  const head = parts.head.map(
    (name, column) => `<th scope="col"${numeric.includes(column) ? ' class="n"' : ''}>${escape(name)}</th>`,
  );
  return scroll(
    parts.caption,
    `<table><caption>${escape(parts.caption)}</caption><thead><tr>${head.join('')}</tr></thead><tbody>${parts.body.join('')}</tbody></table>`,
  );
}

/** A wide table scrolls in its own frame, which the keyboard reaches too. */
export function scroll(label: string, content: string): string {
  return `<div class="scroll" role="region" aria-label="${escape(label)}" tabindex="0">${content}</div>`;
}
