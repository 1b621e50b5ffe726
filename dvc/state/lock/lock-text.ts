import { readFile } from 'node:fs/promises';
import { DiagnosticError } from '../../../diagnostics/index.js';

export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const CONFLICT = /^(?:<{7} .*|={7}|>{7} .*)$/m;

/** @throws DiagnosticError `lock-conflict` */
export function refuseConflicts(text: string, shownAs: string): void {
  const marker = CONFLICT.exec(text);
  if (!marker) return;
  const line = text.slice(0, marker.index).split('\n').length;
  throw new DiagnosticError('lock-conflict', {
    message: `${shownAs} has merge-conflict markers`,
    at: { file: shownAs, line, column: 1, source: marker[0] },
    fix: `take either side (git checkout --theirs ${shownAs}) or delete the entries in conflict: they are made anew by the next run`,
  });
}
