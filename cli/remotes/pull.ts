import { relative } from 'node:path';
import { checkoutUsed } from '../../dvc/index.js';
import { fetchInto } from './fetch.js';
import type { Failure } from './failures.js';
import { count, sumsText } from './sums.js';
import { transferCommand, type TransferOptions } from './transfer-command.js';

export interface PullOptions extends TransferOptions {
  readonly force?: true;
  readonly allowMissing?: true;
}

/** What `--allow-missing` lets pass. */
const MISSING = new Set(['object-missing', 'cache-missing']);

/** `reprise pull`. What could be fetched is checked out, also when something else could not. */
export async function pull(options: PullOptions): Promise<void> {
  await transferCommand('pull', options, async (context) => {
    const { project, used, signal } = context;
    const { sums, runs, failures: lost } = await fetchInto(context, options);
    const { changed, failed } = await checkoutUsed(project, used, { force: options.force ?? false, signal });
    const notMade = failed.map(({ output, error }) => ({ object: output.out.path, error }));
    // That an out cannot be made is told once: by the object that it lacks.
    const told = lost.length > 0 ? notMade.filter(({ error }) => error.code !== 'cache-missing') : notMade;
    const failures = [...lost, ...told].filter((failure) => !(options.allowMissing && isMissing(failure)));
    const paths = changed.map(({ out }) => relative(project.root, out.file));
    const checkedOut = paths.length > 0 ? `; ${count(paths.length, 'out')} brought to the workspace` : '';
    const fetchedRuns = runs ? `; ${count(runs, 'run')} fetched` : '';
    return {
      text: sumsText(sums, 'fetched', failures.length) + checkedOut + fetchedRuns,
      fields: { ...sums, ...(runs !== undefined && { runs }), changed: paths },
      failures,
    };
  });
}

function isMissing({ error }: Failure): boolean {
  return MISSING.has((error as { code?: string }).code ?? '');
}
