import { openRemote, pushOutputs, pushRuns } from '../../dvc/index.js';
import { failuresOf } from './failures.js';
import { count, sumsOf, sumsText } from './sums.js';
import { transferCommand, type TransferOptions } from './transfer-command.js';
import { tellUnknown } from './unknown-outputs.js';

/** `reprise push`. */
export async function push(options: TransferOptions): Promise<void> {
  const { jobs } = options;
  await transferCommand('push', options, async ({ project, request, signal, unknown, reporter }) => {
    tellUnknown(unknown, reporter);
    const runs = options.runCache
      ? await pushRuns(project, await openRemote(project, options.remote), { jobs, signal })
      : undefined;
    const results = await pushOutputs(request);
    const failures = failuresOf(results);
    const sums = sumsOf(results);
    return {
      text: sumsText(sums, 'pushed', failures.length) + (runs ? `; ${count(runs, 'run')} pushed` : ''),
      fields: { ...sums, ...(runs !== undefined && { runs }) },
      failures,
    };
  });
}
