import type { DryRunEvent, NoticeEvent, RunFinished, RunStarted, ServerEvent } from './events.js';
import type { Palette } from './palette.js';
import { secondsText } from './stage-text.js';
import { plain } from './text-width.js';

/** Texts that are the same on a terminal and in a log. Undefined: nothing to say. */

export function serverText({ state, address, ui }: ServerEvent): string | undefined {
  switch (state) {
    case 'started':
    case 'found':
      return `Temporal: ${state === 'started' ? 'server started' : 'server found'} at ${address}${ui ? `, UI ${ui}` : ''}`;
    case 'connected':
      return `Temporal: ${address}`;
    case 'lost':
      return `Temporal: the server at ${address} is away; nothing is lost, trying again`;
    case 'back':
      return `Temporal: the server at ${address} is back`;
  }
}

export function runText({ state, workflowId, ui }: RunStarted): string {
  const what = {
    started: 'run',
    attached: 'taking up run',
    watching: 'watching run',
    detached: 'left to itself: run',
  }[state];
  return `${what} ${workflowId}${ui ? `: ${ui}` : ''}`;
}

export function noticeText({ message, fix }: NoticeEvent, palette: Palette): string {
  return palette.yellow(plain(message)) + (fix ? `\n  fix: ${plain(fix)}` : '');
}

/** The last word on a run: each failure with its output, what is kept, and how to go on. */
export function endText(end: RunFinished, palette: Palette): string {
  const total = end.stages.length;
  const stages = `${total} stage${total === 1 ? '' : 's'}`;
  if (end.status === 'up-to-date') return palette.green(`everything is up to date (${stages})`);
  const counts = new Map<string, number>();
  for (const { outcome } of end.stages) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const summary = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  const head = `${end.status} in ${secondsText(end.seconds)}${summary ? `: ${summary}` : ''}`;
  const failures = end.stages.flatMap((stage) =>
    stage.error ? [failureText(stage.address, stage.attempts, stage.error.message, palette)] : [],
  );
  if (end.status === 'succeeded' && failures.length === 0) return palette.green(head);
  if (end.status === 'succeeded')
    return [...failures, palette.yellow(`${head}; failures are ignored, as was asked for`)].join('\n');
  const kept =
    'kept: what finished is in dvc.lock and the cache, finished checkpoints are in .reprise; the same command goes on from there';
  return [
    ...failures,
    (end.status === 'failed' ? palette.red : palette.yellow)(head),
    palette.dim(kept),
  ].join('\n');
}

export function failureText(address: string, attempts: number, message: string, palette: Palette): string {
  const [first = '', ...rest] = message.split('\n').map(plain);
  const named = first.startsWith(address) ? first : `${plain(address)}: ${first}`;
  const tries = attempts > 1 ? ` (attempt ${attempts})` : '';
  return [palette.red(named + tries), ...rest].join('\n');
}

export function dryRunText({ stages }: DryRunEvent, palette: Palette): string {
  const runs = stages.filter((stage) => stage.action === 'run');
  if (runs.length === 0) return palette.green(`everything is up to date (${stages.length} stages)`);
  const lines = runs.map(({ address, reasons, cmd }) => {
    const commands = (cmd === undefined ? [] : typeof cmd === 'string' ? cmd.split('\n') : cmd).map(
      (line) => `\n  > ${plain(line)}`,
    );
    return `${palette.bold(plain(address))} would run: ${reasons.map(plain).join(', ')}${commands.join('')}`;
  });
  const rest = stages.length - runs.length;
  return [...lines, palette.dim(`${runs.length} would run, ${rest} up to date`)].join('\n');
}
