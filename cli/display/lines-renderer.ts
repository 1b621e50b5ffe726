import type { Writable } from 'node:stream';
import { performance } from 'node:perf_hooks';
import type { ProgressEvent, Renderer, RunEvent, StageEvent } from './events.js';
import { dryRunText, endText, noticeText, runText, serverText } from './messages.js';
import { metricsTable } from './metrics-table.js';
import { createPalette, type Palette } from './palette.js';
import { progressText } from './progress-text.js';
import { secondsText, stageNote, withoutAddress } from './stage-text.js';
import { plain } from './text-width.js';

/** A log is read later: a line at each tenth of the work is enough, and one at least this often. */
const LONGEST_SILENCE_MS = 15_000;

/** Plain lines, for logs and pipes: no control characters but colours, if those are asked for. */
export function linesRenderer(
  out: Writable,
  coloured: boolean,
  now: () => number = () => performance.now(),
): Renderer {
  const palette = createPalette(coloured);
  const said = new Map<string, { tenth: number; at: number }>();
  return {
    show(event) {
      // A stage that has begun has nothing to say yet.
      if (event.event === 'progress' && (progressText(event) === '' || !isDue(event, said, now()))) return;
      const text = eventText(event, palette);
      if (text !== undefined && text !== '') out.write(`${text}\n`);
    },
    close() {},
  };
}

export function eventText(event: RunEvent, palette: Palette): string | undefined {
  switch (event.event) {
    case 'server':
      return serverText(event);
    case 'run':
      return runText(event);
    case 'plan':
      return `${event.stages.length} stages: ${event.stages.map(({ address }) => plain(address)).join(', ')}`;
    case 'stage':
      return stageLine(event);
    case 'progress':
      return `${plain(event.address)}: ${progressText(event)}`;
    case 'notice':
      return noticeText(event, palette);
    case 'end':
      return endText(event, palette);
    case 'metrics':
      return metricsTable(event, palette);
    case 'report':
      return `report: ${plain(event.path)}`;
    case 'dry-run':
      return dryRunText(event, palette);
  }
}

function stageLine(stage: StageEvent): string | undefined {
  if (stage.status === 'pending') return undefined;
  const note = withoutAddress(stage.address, stageNote(stage));
  const time = stage.seconds === undefined ? '' : ` in ${secondsText(stage.seconds)}`;
  const what = stage.status === 'skipped' ? 'up to date' : stage.status;
  return `${plain(stage.address)}: ${what}${time}${note === '' ? '' : ` (${note})`}`;
}

function isDue(event: ProgressEvent, said: Map<string, { tenth: number; at: number }>, now: number): boolean {
  const { address, step, total } = event;
  const tenth = step === undefined || !total ? -1 : Math.floor((step / total) * 10);
  const last = said.get(address);
  if (last && last.tenth === tenth && now - last.at < LONGEST_SILENCE_MS) return false;
  said.set(address, { tenth, at: now });
  return true;
}
