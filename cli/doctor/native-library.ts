import { join } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { nativeLibrary, packageRoot, type NativeLibrary } from '../../infra/locate/index.js';
import { ask } from './ask.js';
import type { Finding } from './finding.js';

const common = { name: 'libtensorflow', part: 'finetuning' } as const;

/** Whether TensorFlow has been set up, and works: another process multiplies two matrices with it. */
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
  const probe = join(packageRoot(), 'infra/setup/probe-native.mjs');
  const { ok, stdout, stderr } = await ask(process.execPath, [probe, packageRoot()], 60_000);
  const answer = ok ? parseAnswer(stdout) : undefined;
  const build = library.build === 'cuda' ? 'CUDA build' : 'CPU build';
  if (answer?.sum !== 12) {
    const said =
      stderr.split('\n').find((line) => /error|cannot|undefined symbol/i.test(line)) ?? 'no answer';
    return {
      ...common,
      state: 'broken',
      version: library.version,
      detail: `${build} in ${library.folder} does not work: ${said.trim()}`,
      fix: `rm -r ${library.folder} && reprise setup --only tensorflow`,
    };
  }
  const device = library.build === 'cuda' ? (answer.gpu ? ', on the GPU' : ', without a GPU') : '';
  return {
    ...common,
    state: 'found',
    version: answer.version,
    detail: `${build}${device}, ${library.folder}`,
  };
}

/** The probe's last line; TensorFlow writes before it. */
function parseAnswer(stdout: string): { version: string; gpu: boolean; sum: number } | undefined {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line) as { version: string; gpu: boolean; sum: number };
  } catch {
    return undefined;
  }
}
