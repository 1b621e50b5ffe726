import { secondsText } from '../../display/stage-text.js';
import { pad, plain, textWidth } from '../../display/text-width.js';
import type { RunRecord } from './run-record.js';

/** Characters of a run's id that are shown: its first 13 are the millisecond of its start. */
const SHORT = 13;

function shortId(runId: string): string {
  return runId.slice(0, SHORT);
}

/** One JSON object on a line, as every command's `--json` prints. */
export function printJson(event: string, value: object): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...value })}\n`);
}

/** Columns as wide as what they hold. */
export function runsTable(runs: readonly RunRecord[]): string {
  const rows = [
    ['RUN', 'TYPE', 'PROJECT', 'STATUS', 'STAGES', 'STARTED', 'TIME'],
    ...runs.map(({ runId, type, project = '', status, stages, startedAt, seconds }) => [
      shortId(runId),
      type,
      project,
      status,
      stages ? `${stages.done}/${stages.total}` : '',
      localTime(startedAt),
      secondsText(seconds),
    ]),
  ].map((row) => row.map(plain));
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => textWidth(row[column] ?? ''))));
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths?.[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `2026-02-03 14:05:06`, in the reader's time zone. */
export function localTime(iso: string): string {
  const at = new Date(iso);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}
