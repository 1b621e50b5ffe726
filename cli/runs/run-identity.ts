import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { projectRunId } from '../../runner/project.js';
import type { ReproduceInput } from '../../workflows/index.js';
import type { LocalProject } from './local-project.js';

/** One project has one run at a time. */
export function workflowIdOf({ root, name }: Pick<LocalProject, 'root' | 'name'>): string {
  return projectRunId(root, name);
}

/**
 * Names what a run was asked to do: the input, the resolved stages, and the params files' bytes. A command whose digest
 * is that of the open run takes it up again. Deps are left out: the stages look at them as they come to run.
 */
export function inputDigest(input: ReproduceInput, { selected }: Pick<LocalProject, 'selected'>): string {
  const stages = selected.map(({ address, cmd, deps, params, outs, frozen, alwaysChanged, meta }) => ({
    address,
    cmd,
    deps: deps.map((dep) => dep.path),
    params: params.map(({ path, keys }) => ({ path, keys })),
    outs: outs.map(({ path, kind, cache, persist }) => ({ path, kind, cache, persist })),
    flags: { frozen, alwaysChanged },
    meta,
  }));
  const files = new Set(selected.flatMap((stage) => stage.params.map((params) => params.file)));
  const params = [...files].sort().map((file) => [file, readIfThere(file)]);
  return sha256(
    JSON.stringify([input, stages, params], (_, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    ),
  );
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
