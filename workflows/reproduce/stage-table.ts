import type { RunState, StageProgress, StageState } from '../types.js';

/** A person reads no more rows, and the server keeps no longer text. */
export const ROWS = 200;
/** Characters: a stage's name may have any number. */
const LONGEST_CELL = 200;

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
    '| stage | status | queue | time | |',
    '|---|---|---|---|---|',
    ...stages.map(row),
    ...(stages.length < size ? ['', `and ${size - stages.length} more`] : []),
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
