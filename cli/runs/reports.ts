import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ReportEvent } from '../display/index.js';
import type { LocalProject } from './local-project.js';

const MOST_REPORTS = 5;

/** HTML pages among the selected stages' outs, at most one folder deep. */
export async function findReports({ root, selected }: LocalProject): Promise<ReportEvent[]> {
  const pages: string[] = [];
  for (const out of selected.flatMap((stage) => stage.outs)) {
    const found = await stat(out.file).catch(() => undefined);
    if (found?.isFile() && isPage(out.file)) pages.push(out.file);
    if (found?.isDirectory()) {
      const names = (await readdir(out.file)).filter(isPage).sort();
      pages.push(...names.map((name) => join(out.file, name)));
    }
  }
  return pages.slice(0, MOST_REPORTS).map((file) => ({ event: 'report', path: relative(root, file) }));
}

const isPage = (name: string): boolean => name.endsWith('.html');
