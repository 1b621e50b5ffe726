import type { RunState, StageProgress, StageState } from '../types.js';

/** A person reads no more rows, and the server keeps no longer text. */
export const ROWS = 200;
/** Characters: a stage's name may have any number. */
const LONGEST_CELL = 200;
/** Characters of a name that are kept on one line. */
const UNBROKEN = 40;

/**
 * The table of Temporal's UI, as Markdown.
 *
 * @param stages at most {@link ROWS} of them, of `size` in all
 */
export function stageTable(
  project: string,
  status: RunState['status'],
  stages: readonly StageState[],
  size: number,
): string {
  return [
    `**${project}**: ${status}`,
    '',
    `| ${wide(
      'stage',
      stages.map(({ address }) => address),
    )} | status | ${wide(
      'queue',
      stages.map(({ queue }) => queue),
    )} | time | |`,
    '|---|---|---|---|---|',
    ...stages.map(row),
    ...(stages.length < size ? ['', `and ${size - stages.length} more`] : []),
    // The frame that the UI shows it in is a line too short.
    '',
    '\u00a0',
  ].join('\n');
}

function row(stage: StageState): string {
  const { address, status, queue, progress, startedAt, finishedAt } = stage;
  const seconds =
    startedAt !== undefined && finishedAt !== undefined
      ? `${((finishedAt - startedAt) / 1000).toFixed(1)}\u00a0s`
      : '';
  return `| ${cell(address)} | ${status} | ${cell(queue)} | ${seconds} | ${cell(note(stage, progress))} |`;
}

/**
 * A column's title that no line break can make narrower than what stands below. The UI breaks names at their hyphens, and names
 * with other hyphens could not be copied from it.
 */
function wide(title: string, names: readonly string[]): string {
  const longest = Math.max(0, ...names.map(({ length }) => Math.min(length, UNBROKEN)));
  // On each side as many as are missing in all: a space is half as wide as a letter.
  const pad = '\u00a0'.repeat(Math.max(0, longest - title.length));
  return `${pad}${title}${pad}`;
}

function note(stage: StageState, progress: StageProgress | undefined): string {
  if (stage.error) return stage.error.message;
  if (stage.waitingFor !== undefined) return `waits for a worker with the label ${stage.waitingFor}`;
  if (stage.status !== 'running' || !progress) return stage.reason ?? '';
  const parts = [
    progress.step === undefined
      ? undefined
      : `step ${progress.step}${progress.total === undefined ? '' : ` of ${progress.total}`}`,
    progress.metrics?.['loss'] === undefined ? undefined : `loss ${progress.metrics['loss'].toFixed(4)}`,
    progress.message,
    stage.reason,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function cell(text: string): string {
  return text.split('\n')[0]?.replaceAll('|', '\\|').slice(0, LONGEST_CELL) ?? '';
}
