import {
  loadPipeline,
  openProject,
  selectOutputs,
  usedOutputs,
  type OutputsRequest,
  type Project,
  type Remote,
  type TransferProgress,
  type UsedOutputs,
} from '../../dvc/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { listenForInterrupts } from '../interrupts.js';
import { createProgressReporter, type ProgressReporter } from '../progress/index.js';
import { CommandExit, EXIT } from '../report-error.js';
import { progressUpdate } from './progress.js';
import { printFailures, type Failure } from './failures.js';

export interface TransferOptions {
  readonly cwd: string;
  readonly targets: readonly string[];
  readonly remote?: string;
  readonly jobs?: number;
  readonly withDeps?: true;
  readonly recursive?: true;
  readonly runCache?: true;
  readonly json?: true;
}

/** What a command is given: the outs that it is about, and how to work on them. */
export interface TransferContext extends UsedOutputs {
  readonly project: Project;
  readonly request: OutputsRequest;
  readonly reporter: ProgressReporter;
  readonly signal: AbortSignal;
}

/** What a command did: a line for a person, fields for a program, and what failed. */
export interface TransferReport {
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly failures: readonly Failure[];
}

/**
 * Runs `push`, `fetch` or `pull`: reads the project, shows progress, ends in order when it is interrupted, and says what came
 * out. Exit code 1 when something failed.
 */
export async function transferCommand(
  command: 'push' | 'fetch' | 'pull',
  options: TransferOptions,
  act: (context: TransferContext) => Promise<TransferReport>,
): Promise<void> {
  const reporter = createProgressReporter({ json: options.json ?? false });
  const stop = new AbortController();
  let code: number = EXIT.interrupted;
  const end = (exitCode: number) => {
    code = exitCode;
    stop.abort();
  };
  const ignore = listenForInterrupts({
    onCancel: () => end(EXIT.interrupted),
    onLeave: () => end(EXIT.terminated),
    onAbandon: () => undefined,
  });
  try {
    const { text, fields, failures } = await act(await contextOf(command, options, reporter, stop.signal));
    reporter.done();
    if (options.json) {
      const failed = failures.map(({ object, error }) => ({ object, ...describe(error) }));
      process.stdout.write(`${JSON.stringify({ event: 'result', command, ...fields, failed })}\n`);
    } else {
      process.stdout.write(`${text}\n`);
      printFailures(failures);
    }
    if (failures.length > 0) throw new CommandExit(EXIT.failure);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    reporter.done();
    if (!options.json)
      process.stderr.write('interrupted: what has crossed is kept, and the same command goes on\n');
    throw new CommandExit(code);
  } finally {
    ignore();
    reporter.done();
  }
}

async function contextOf(
  command: string,
  { cwd, targets, remote, jobs, withDeps, recursive }: TransferOptions,
  reporter: ProgressReporter,
  signal: AbortSignal,
): Promise<TransferContext> {
  const project = await openProject(cwd);
  const flags = { ...(withDeps && { withDeps }), ...(recursive && { recursive }) };
  const selected = selectOutputs(await loadPipeline(project), { targets, cwd, ...flags });
  const outputs = await usedOutputs(project, selected);
  const words = { push: 'pushing to', fetch: 'fetching from', pull: 'fetching from' } as const;
  const message = words[command as keyof typeof words];
  const onProgress = (from: Remote, progress: TransferProgress) =>
    reporter.update(progressUpdate(`${message} ${from.name}`, progress));
  const request = { project, outputs: outputs.used, remote, jobs, signal, onProgress };
  return { project, request, reporter, signal, ...outputs };
}

function describe(error: Error): { code: string; message: string; fix?: string } {
  if (!(error instanceof DiagnosticError)) return { code: 'unexpected', message: error.message };
  const { code, message, fix } = error;
  return { code, message, ...(fix !== undefined && { fix }) };
}
