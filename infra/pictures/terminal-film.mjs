// @ts-check

/**
 * What the screen showed from a moment on.
 * @typedef {{ readonly at: number, readonly rows: readonly (readonly import('./terminal-grid.mjs').Cell[])[] }} Frame
 */

/** Pixels. */
const [FONT, CHARACTER, LINE, EDGE] = [14, 8.43, 20, 16];

const STYLE = `text{fill:#c9d1d9;font:${FONT}px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}
.bold{font-weight:700;fill:#f0f6fc}.dim{fill:#8b949e}.red{fill:#ff7b72}.green{fill:#56d364}.yellow{fill:#e3b341}.cyan{fill:#76e3ea}`;

/**
 * A recorded session as one SVG that plays again and again: the frames stand below one another, and a window goes from one to
 * the next. Who wants no motion sees the last one.
 *
 * @param {readonly Frame[]} frames the first at 0; seconds
 * @param {{ readonly columns: number, readonly rows: number, readonly seconds: number, readonly title: string }} options
 */
export function terminalFilm(frames, { columns, rows, seconds, title }) {
  const width = Math.round(columns * CHARACTER + 2 * EDGE);
  const height = rows * LINE + 2 * EDGE;
  /** Each line is there once, however many frames show it. @type {Map<string, string>} */
  const lines = new Map();
  const strip = frames.map(({ rows: shown }, frame) => {
    const uses = shown.map((cells, row) => {
      const content = spans(cells);
      if (content === '') return '';
      const id = lines.get(content) ?? `l${lines.size}`;
      lines.set(content, id);
      return `<use href="#${id}" y="${frame * height + EDGE + row * LINE + FONT}"/>`;
    });
    return uses.join('');
  });
  const defined = [...lines].map(([content, id]) => `<text id="${id}" x="${EDGE}">${content}</text>`);
  const moves = frames.map(
    ({ at }, frame) => `${((100 * at) / seconds).toFixed(2)}%{transform:translateY(${-frame * height}px)}`,
  );
  const last = `translateY(${-(frames.length - 1) * height}px)`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<style>${STYLE}
.film{animation:play ${seconds}s step-end infinite}
@keyframes play{${moves.join('')}100%{transform:${last}}}
@media(prefers-reduced-motion:reduce){.film{animation:none;transform:${last}}}</style>
<defs>${defined.join('\n')}</defs>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<g class="film">${strip.join('\n')}</g>
</svg>
`;
}

/**
 * A line as text with a span for each look.
 *
 * @param {readonly import('./terminal-grid.mjs').Cell[]} cells
 */
function spans(cells) {
  const parts = [];
  for (let from = 0; from < cells.length;) {
    const look = cells[from]?.look ?? '';
    let to = from;
    while (to < cells.length && (cells[to]?.look ?? '') === look) to++;
    const text = escape(
      cells
        .slice(from, to)
        .map((cell) => cell?.character ?? ' ')
        .join(''),
    );
    parts.push(look === '' ? text : `<tspan class="${look}">${text}</tspan>`);
    from = to;
  }
  return parts.join('').trimEnd();
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
