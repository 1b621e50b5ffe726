import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cacheDir, packageRoot } from '../../infra/locate/index.js';
import type { Examination, Finding, Part } from './finding.js';
import { examineGpus } from './gpus.js';
import { examineCompiler, examineDvc, examineGit, examineNode, examinePip } from './host.js';
import { examineNativeLibrary } from './native-library.js';
import { examineTemporal } from './temporal.js';
import { examineWorker } from './worker.js';

/** Looks for everything that Reprise uses on this host. Changes nothing. */
export async function examine(): Promise<Examination> {
  const [node, temporal, worker, native, gpus, git, dvc] = await Promise.all([
    examineNode(),
    examineTemporal(),
    examineWorker(),
    examineNativeLibrary(),
    examineGpus(),
    examineGit(),
    examineDvc(),
  ]);
  // The tools of the set-up are missed only where there is something left to set up.
  const tools = native.state === 'found' ? 'optional' : 'finetuning';
  const [compiler, pip] = await Promise.all([examineCompiler(tools), examinePip(tools)]);
  const findings = [node, worker, ...temporal, native, ...gpus, compiler, pip, git, dvc];
  const { version } = createRequire(import.meta.url)(join(packageRoot(), 'package.json')) as {
    version: string;
  };
  const pipelines = has('pipelines', findings);
  return {
    reprise: version,
    cache: cacheDir(),
    findings,
    pipelines,
    finetuning: pipelines && native.state === 'found',
  };
}

function has(part: Part, findings: readonly Finding[]): boolean {
  return findings.every((finding) => finding.part !== part || finding.state === 'found');
}
