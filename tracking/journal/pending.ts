import { join } from 'node:path';
import type { JournalFolder } from './journal-folder.js';

/** Where journals are until they are through. @param state `.reprise/tracking` */
export const pendingFolder = (state: string): string => join(state, 'pending');

/** Nothing will be added: a training that failed or was interrupted goes on in the same journal. */
export function isThrough(journal: JournalFolder): boolean {
  if (journal.head().run === 'latest') return true;
  let last: string | undefined;
  for (const entry of journal.entries()) if (entry.op === 'status') last = entry.status;
  return last === 'FINISHED';
}

export function isUnsent(journal: JournalFolder): boolean {
  return journal.read(journal.progress().offset).entries.length > 0;
}
