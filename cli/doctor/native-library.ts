import { fileURLToPath } from 'node:url';
import { DiagnosticError } from '../../diagnostics/index.js';
import { nativeLibrary, type NativeLibrary } from '../../infra/locate/index.js';
import { ask } from './ask.js';
import type { Finding } from './finding.js';

const common = { name: 'libtensorflow', part: 'finetuning' } as const;

/** What `training-step.ts` prints. */
export interface TrainingStep {
  /** Of TensorFlow. */
  readonly version: string;
  /** Names of those that it worked on; none: it worked on the CPU. */
  readonly gpus: readonly string[];
  /** At the first step, and at the last. */
  readonly losses: readonly [number, number];
  /** Of the fastest step. */
  readonly milliseconds: number;
}

/** Loading CUDA's libraries from a cold disk, and compiling for a GPU, take their time. */
const PATIENCE_MS = 120_000;

/** Whether TensorFlow has been set up, and works: another process trains with it for a few steps. */
export async function examineNativeLibrary(): Promise<Finding> {
  let library: NativeLibrary | undefined;
  try {
    library = await nativeLibrary();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return { ...common, state: 'missing', detail: error.message, ...(error.fix ? { fix: error.fix } : {}) };
  }
  if (!library) {
    return {
      ...common,
      state: 'missing',
      detail: 'not set up; only the finetuning commands need it',
      fix: 'reprise setup --only tensorflow',
    };
  }
  const script = fileURLToPath(new URL('./training-step.js', import.meta.url));
  const { ok, stdout, stderr } = await ask(process.execPath, [script], PATIENCE_MS);
  const answer = ok ? parseAnswer(stdout) : undefined;
  const build = library.build === 'cuda' ? 'CUDA build' : 'CPU build';
  const learned = answer !== undefined && answer.losses[1] < answer.losses[0];
  if (!answer || !learned) {
    const lines = stderr.split('\n');
    const said =
      lines.find((line) => /^\w*Error: /.test(line)) ??
      lines.find((line) => /error|cannot|undefined symbol/i.test(line)) ??
      (answer ? `the loss of a small training went from ${answer.losses.join(' to ')}` : 'no answer');
    return {
      ...common,
      state: 'broken',
      version: library.version,
      detail: `${build} in ${library.folder} does not work: ${said.trim()}`,
      fix: `rm -r ${library.folder} && reprise setup --only tensorflow`,
    };
  }
  const on = answer.gpus.length > 0 ? answer.gpus.join(' and ') : 'the CPU';
  return {
    ...common,
    state: 'found',
    version: answer.version,
    detail: `${build}; a training step on ${on} works (${answer.milliseconds.toFixed(1)} ms), ${library.folder}`,
  };
}

/** The last line; TensorFlow writes before it. */
function parseAnswer(stdout: string): TrainingStep | undefined {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line) as TrainingStep;
  } catch {
    return undefined;
  }
}
