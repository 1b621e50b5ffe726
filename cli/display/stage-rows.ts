import type { StageEvent } from './events.js';
import type { Glyphs } from './glyphs.js';
import type { Paint, Palette } from './palette.js';
import { progressWithBar } from './progress-text.js';
import type { RunView, StageView } from './run-view.js';
import { secondsText, stageNote, withoutAddress } from './stage-text.js';
import { cut, pad, plain, textWidth } from './text-width.js';

export interface RowStyle {
  readonly glyphs: Glyphs;
  readonly palette: Palette;
  /** Columns that a row may take. */
  readonly columns: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const SECONDS = 9;
/** Below this many columns the time is left out: the name and the progress matter more. */
const NARROW = 50;

/** At most `limit` rows; where there are more stages, those that somebody waits for. */
export function stageRows(view: RunView, style: RowStyle, limit: number): string[] {
  const all = [...view.stages.values()];
  const shown = all.length <= limit ? all : choose(all, limit - 1);
  const widest = Math.max(0, ...shown.map(({ stage }) => textWidth(plain(stage.address))));
  const nameColumns = Math.min(widest, Math.max(8, Math.floor(style.columns * 0.4)));
  const rows = shown.map((stage) => stageRow(stage, nameColumns, style));
  const hidden = all.length - shown.length;
  if (hidden > 0)
    rows.push(style.palette.dim(cut(`  and ${hidden} more`, style.columns, style.glyphs.ellipsis)));
  return rows;
}

function stageRow({ stage, progress }: StageView, nameColumns: number, style: RowStyle): string {
  const { glyphs, palette, columns, now } = style;
  const paint = statusPaint(stage.status, palette);
  const frame = glyphs.spinner[Math.floor(now / 100) % glyphs.spinner.length] ?? '';
  const sign = stage.status === 'running' ? frame : glyphs.status[stage.status];
  const head = `${paint(sign)} ${pad(plain(stage.address), nameColumns, 'right', glyphs.ellipsis)}`;
  let left = columns - nameColumns - textWidth(sign) - 1;
  let time = '';
  if (columns >= NARROW) {
    time = palette.dim(pad(elapsed(stage, now), SECONDS, 'left'));
    left -= SECONDS;
  }
  const note = stageNote(stage);
  const moving =
    stage.status === 'running' && progress
      ? progressWithBar(progress, glyphs, left - 2 - textWidth(note))
      : '';
  const text = [moving, withoutAddress(stage.address, note)].filter((part) => part !== '').join('  ');
  const tail = cut(text || quietText(stage), Math.max(0, left - 2), glyphs.ellipsis);
  return `${head}${time}${tail === '' ? '' : `  ${stage.status === 'running' ? tail : paint(tail)}`}`;
}

/** What stands beside a stage of which nothing else is to be said. */
function quietText({ status }: StageEvent): string {
  return status === 'restored'
    ? 'restored from the run cache'
    : status === 'skipped'
      ? 'up to date'
      : status === 'ran' || status === 'pending' || status === 'running'
        ? ''
        : status;
}

function elapsed(stage: StageEvent, now: number): string {
  if (stage.seconds !== undefined) return secondsText(stage.seconds);
  if (stage.status !== 'running' || stage.startedAt === undefined) return '';
  return secondsText(Math.max(0, now - Date.parse(stage.startedAt)) / 1000);
}

function statusPaint(status: StageEvent['status'], palette: Palette): Paint {
  switch (status) {
    case 'ran':
    case 'restored':
      return palette.green;
    case 'failed':
      return palette.red;
    case 'waiting':
    case 'paused':
    case 'blocked':
    case 'canceled':
      return palette.yellow;
    case 'running':
      return palette.cyan;
    default:
      return palette.dim;
  }
}

const URGENCY: Readonly<Record<StageEvent['status'], number>> = {
  failed: 0,
  running: 1,
  paused: 2,
  waiting: 3,
  scheduled: 4,
  canceled: 5,
  blocked: 6,
  pending: 7,
  ran: 8,
  restored: 9,
  skipped: 10,
};

/** The most urgent ones, in plan order. */
function choose(all: readonly StageView[], limit: number): StageView[] {
  const ranked = [...all].sort((a, b) => URGENCY[a.stage.status] - URGENCY[b.stage.status]);
  const kept = new Set(ranked.slice(0, limit));
  return all.filter((stage) => kept.has(stage));
}
