import type { Renderer, RunEvent } from './events.js';
import type { Glyphs } from './glyphs.js';
import { eventText } from './lines-renderer.js';
import { LiveRegion, type Terminal } from './live-region.js';
import { createPalette } from './palette.js';
import { RunView } from './run-view.js';
import { stageRows } from './stage-rows.js';
import { cut } from './text-width.js';

const FRAME_MS = 100;

/** A table of the stages at the bottom of the terminal, painted again as they move; the rest scrolls above it. */
export function tableRenderer(terminal: Terminal, glyphs: Glyphs, coloured: boolean): Renderer {
  const region = new LiveRegion(terminal);
  const palette = createPalette(coloured);
  const view = new RunView();
  let open = true;

  const picture = (limit: number): string[] => {
    const style = { glyphs, palette, columns: region.columns, now: Date.now() };
    return stageRows(view, style, limit);
  };
  const paint = (): void => {
    if (view.stages.size === 0) return;
    const footer = palette.dim(cut(footerText(view), region.columns, glyphs.ellipsis));
    region.paint([...picture(region.rows - 1), footer]);
  };
  const timer = setInterval(paint, FRAME_MS).unref();
  terminal.on('resize', paint);

  const finish = (): void => {
    if (!open) return;
    open = false;
    clearInterval(timer);
    terminal.off('resize', paint);
    // The last picture stays; it has every stage, since nothing will be painted over it.
    if (view.stages.size > 0) region.paint(picture(Infinity));
    region.release();
  };

  return {
    show(event) {
      view.apply(event);
      if (event.event === 'end') finish();
      if (!open) {
        const text = eventText(event, palette);
        if (text !== undefined && !isInTable(event)) terminal.write(`${text}\n`);
        return;
      }
      const text = isInTable(event) ? undefined : eventText(event, palette);
      if (text !== undefined) region.print(text);
      paint();
    },
    close: finish,
  };
}

/** The table shows it. */
function isInTable({ event }: RunEvent): boolean {
  return event === 'stage' || event === 'progress' || event === 'plan';
}

function footerText(view: RunView): string {
  const done = view.count('ran', 'restored', 'skipped');
  const parts = [`${done} of ${view.stages.size} done`];
  const failed = view.count('failed');
  if (failed > 0) parts.push(`${failed} failed`);
  const waiting = view.count('waiting');
  if (waiting > 0) parts.push(`${waiting} waiting`);
  if (view.lost) parts.push('the Temporal server is away');
  return parts.join(', ');
}
