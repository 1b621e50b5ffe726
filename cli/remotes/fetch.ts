import { DiagnosticError } from '../../diagnostics/index.js';
import { fetchOutputs, fetchRuns, missingObjects, openRemote, type UsedOutput } from '../../dvc/index.js';
import { failuresOf, type Failure } from './failures.js';
import { count, sumsOf, sumsText, type Sums } from './sums.js';
import { transferCommand, type TransferContext, type TransferOptions } from './transfer-command.js';
import { tellUnknown } from './unknown-outputs.js';

/** `reprise fetch`. */
export async function fetch(options: TransferOptions): Promise<void> {
  await transferCommand('fetch', options, async (context) => {
    const { sums, runs, failures } = await fetchInto(context, options);
    return {
      text: sumsText(sums, 'fetched', failures.length) + (runs ? `; ${count(runs, 'run')} fetched` : ''),
      fields: { ...sums, ...(runs !== undefined && { runs }) },
      failures,
    };
  });
}

export interface Fetched {
  readonly sums: Sums;
  /** Records of the run cache, where they were asked for. */
  readonly runs: number | undefined;
  readonly failures: readonly Failure[];
}

/** What `fetch` and `pull` do first. */
export async function fetchInto(
  { project, request, signal, unknown, reporter }: TransferContext,
  { jobs, remote, runCache }: TransferOptions,
): Promise<Fetched> {
  tellUnknown(unknown, reporter);
  const runs = runCache
    ? await fetchRuns(project, await openRemote(project, remote), { jobs, signal })
    : undefined;
  const imports = request.outputs.filter(({ stage }) => stage.imports === 'repository');
  const outputs = request.outputs.filter(({ stage }) => stage.imports !== 'repository');
  const results = await fetchOutputs({ ...request, outputs });
  const elsewhere: Failure[] = [];
  for (const output of imports) {
    const { md5, hash } = output.locked;
    if ((await missingObjects(project.config, md5, hash ?? 'md5-dos2unix')).length > 0)
      elsewhere.push({ object: output.out.path, error: imported(output) });
  }
  return { sums: sumsOf(results), runs, failures: [...elsewhere, ...failuresOf(results)] };
}

function imported({ stage, out }: UsedOutput): DiagnosticError {
  return new DiagnosticError('import-unsupported', {
    message: `${out.path} is imported from another repository, which is not supported`,
    at: out.at,
    fix: `bring it with: dvc fetch ${stage.address}`,
  });
}
