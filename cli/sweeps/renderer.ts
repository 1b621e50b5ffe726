import { LiveRegion, type Terminal } from '../display/live-region.js';
import { eventText } from '../display/lines-renderer.js';
import { createPalette, wantsColour, type Palette } from '../display/palette.js';
import { firstLine, secondsText } from '../display/stage-text.js';
import { plain } from '../display/text-width.js';
import { formatFigure } from '../progress/index.js';
import type { SweepEnd, SweepEvent, SweepRenderer, TrialEvent } from './events.js';
import { trialTable, type TrialRow } from './trial-table.js';

export interface SweepRendererOptions {
  readonly json: boolean;
  readonly env?: NodeJS.ProcessEnv;
  readonly out?: Terminal & { readonly isTTY?: boolean };
}

const FRAME_MS = 250;

/** JSON if asked; on a terminal a table that moves; elsewhere a line for each change. The table of all trials ends both. */
export function sweepRenderer({
  json,
  env = process.env,
  out = process.stdout,
}: SweepRendererOptions): SweepRenderer {
  if (json) {
    return {
      show: (event) => void out.write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`),
      close() {},
    };
  }
  const terminal = out.isTTY === true;
  const palette = createPalette(wantsColour(env, terminal));
  const isLive = terminal && env['TERM'] !== 'dumb' && !env['CI'];
  return isLive ? liveRenderer(out, palette, env) : linesRenderer(out, palette, env);
}

function linesRenderer(out: Terminal, palette: Palette, env: NodeJS.ProcessEnv): SweepRenderer {
  return {
    show(event) {
      const text = textOf(event, palette, env, 200);
      if (text !== undefined && text !== '') out.write(`${text}\n`);
    },
    close() {},
  };
}

function liveRenderer(out: Terminal, palette: Palette, env: NodeJS.ProcessEnv): SweepRenderer {
  const region = new LiveRegion(out);
  const trials = new Map<string, TrialRow>();
  let metric = '';
  let open = true;
  const paint = (): void => {
    if (!open || trials.size === 0) return;
    // The newest ones, where there is not room for all.
    const shown = [...trials.values()].slice(-(region.rows - 2));
    const done = [...trials.values()].filter((trial) => trial.seconds !== undefined).length;
    const table = trialTable(shown, metric, undefined, { palette, columns: region.columns, env });
    region.paint([...table, palette.dim(`${done} of ${trials.size} trials ended`)]);
  };
  const timer = setInterval(paint, FRAME_MS).unref();
  const finish = (): void => {
    if (!open) return;
    region.paint([]);
    region.release();
    clearInterval(timer);
    open = false;
  };
  return {
    show(event) {
      if (event.event === 'sweep') metric = event.metric;
      if (event.event === 'trial')
        return void trials.set(event.label, { ...trials.get(event.label), ...event });
      if (event.event === 'trial-progress') {
        const trial = trials.get(event.label);
        if (trial) trials.set(event.label, { ...trial, progress: event });
        return;
      }
      if (event.event === 'sweep-end') finish();
      const text = textOf(event, palette, env, region.columns);
      if (text === undefined || text === '') return;
      if (open) region.print(text);
      else out.write(`${text}\n`);
    },
    close: finish,
  };
}

function textOf(
  event: SweepEvent,
  palette: Palette,
  env: NodeJS.ProcessEnv,
  columns: number,
): string | undefined {
  switch (event.event) {
    case 'sweep':
      return `sweep ${event.id}: ${event.method}, to ${event.direction} ${plain(event.metric)}`;
    case 'trial':
      return trialLine(event);
    case 'trial-progress':
      return undefined;
    case 'sweep-end':
      return endText(event, palette, env, columns);
    default:
      return eventText(event, palette);
  }
}

function trialLine({ label, status, params, value, seconds, reason }: TrialEvent): string | undefined {
  if (status === 'preparing' || status === 'saving') return undefined;
  const set = Object.entries(params).map(([name, param]) => `${plain(name)}=${plain(String(param))}`);
  const figure = value === undefined ? '' : `: ${formatFigure(value)}`;
  const time = seconds === undefined ? '' : ` in ${secondsText(seconds)}`;
  const why = reason === undefined ? '' : ` (${plain(firstLine(reason))})`;
  return `trial ${label} ${status}${figure}${time}, ${set.join(' ')}${why}`;
}

/** The last word on a sweep; also what `sweep show` prints. */
export function endText(end: SweepEnd, palette: Palette, env: NodeJS.ProcessEnv, columns: number): string {
  const table = trialTable(end.trials, end.metric, end.best, { palette, columns, env });
  const best = end.trials.find((trial) => trial.label === end.best);
  const head = `sweep ${end.id} ${end.status} in ${secondsText(end.seconds)}${end.ending === undefined ? '' : `: ${end.ending}`}`;
  const lines = [...table, (end.status === 'succeeded' ? palette.green : palette.yellow)(head)];
  if (best?.value !== undefined) {
    lines.push(`best: trial ${best.label}, ${plain(end.metric)} ${formatFigure(best.value)}`);
    if (end.applied?.error !== undefined) lines.push(palette.red(`not applied: ${end.applied.error}`));
    else if (end.applied) lines.push(`applied: the workspace is what trial ${end.applied.label} made`);
    else if (end.git)
      lines.push(palette.dim(`take it, in a clone: ${inClone(end.git.url, best.experiment)}`));
    else lines.push(palette.dim(`take it: reprise sweep apply ${end.id}; all of them: dvc exp show`));
  } else {
    const failed = end.trials.find((trial) => trial.reason !== undefined);
    if (failed?.reason !== undefined) lines.push(palette.red(`trial ${failed.label}: ${failed.reason}`));
  }
  return lines.join('\n');
}

function inClone(url: string, experiment = ''): string {
  return `dvc exp pull ${plain(url)} ${plain(experiment)} && dvc exp apply ${plain(experiment)}`;
}
