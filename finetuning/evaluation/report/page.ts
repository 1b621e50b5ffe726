import { escape } from './html.js';
import { style } from './style.js';

export interface Section {
  /** Of the heading, for links. */
  readonly id: string;
  readonly title: string;
  /** HTML. */
  readonly content: string;
}

export interface Page {
  readonly name: string;
  /** A sentence or two under the title, as HTML. */
  readonly lead: string;
  /** Why the finetuned model may not be worth having. */
  readonly doubts: readonly string[];
  /** `<li>`s. */
  readonly cards: readonly string[];
  readonly sections: readonly Section[];
}

/** One HTML page that needs nothing else: no scripts, no fonts, no network, and its policy forbids them. */
export function renderPage({ name, lead, doubts, cards, sections }: Page): string {
  const body = sections.map(
    ({ id, title, content }) =>
      `<section aria-labelledby="${id}"><h2 id="${id}">${escape(title)}</h2>\n${content}\n</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escape(name)}: evaluation</title>
<style>
${style}
</style>
</head>
<body>
<main>
<header>
<h1>${escape(name)}</h1>
<p>${lead}</p>
${doubts.map((doubt) => `<p class="doubt"><strong>Look out.</strong> ${escape(doubt)}</p>\n`).join('')}</header>
<ul class="cards">
${cards.join('\n')}
</ul>
${body.join('\n')}
</main>
</body>
</html>`;
}

/** A model's most important figure. */
export function card(of: {
  readonly name: string;
  /** CSS class that gives the colour. */
  readonly hue: string;
  readonly figure: string;
  readonly unit: string;
  readonly description: string;
}): string {
  return (
    `<li class="${of.hue}"><div class="name">${escape(of.name)}</div><div class="big">${escape(of.figure)}</div>` +
    `<div>${escape(of.unit)}</div><p class="what">${escape(of.description)}</p></li>`
  );
}
