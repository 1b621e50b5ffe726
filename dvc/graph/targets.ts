import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { fnmatch } from '../project/index.js';
import type { Pipeline, Stage } from '../types.js';
import { nearest } from './nearest.js';

export interface TargetOptions {
  /** Absolute folder that names and paths are relative to. */
  readonly cwd: string;
  readonly recursive?: boolean;
  readonly glob?: boolean;
}

/**
 * Stages that a target names. In order of precedence: a folder (with `recursive`), a dvc.yaml or `.dvc` file, a stage or a group
 * of generated stages, an out.
 *
 * @throws DiagnosticError `stage-unknown`
 */
export function stagesOf(pipeline: Pipeline, target: string, options: TargetOptions): readonly Stage[] {
  const found = namedStages(pipeline, target, options);
  if (found.length > 0) return found;
  const path = resolve(options.cwd, target);
  const making = pipeline.stages.filter(({ outs }) => outs.some((out) => out.file === path));
  if (making.length > 0) return making;
  throw unknown(pipeline, target, options);
}

/** Those that it names as a folder, a file or a stage; none when it may be an out. */
export function namedStages(pipeline: Pipeline, target: string, options: TargetOptions): readonly Stage[] {
  const { cwd, recursive = false, glob = false } = options;
  const { stages } = pipeline;
  const path = resolve(cwd, target);
  if (recursive && statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    const inside = stages.filter(({ dvcfile }) => dvcfile.startsWith(`${path}/`));
    if (inside.length > 0) return inside;
  }
  const { file, name } = glob ? splitGlob(target) : splitTarget(target);
  const dvcfile = resolve(cwd, file);
  const inFile = stages.filter((stage) => stage.dvcfile === dvcfile);
  const found = name === undefined || file.endsWith('.dvc') ? inFile : named(inFile, name, glob);
  if (found.length > 0) return found;
  return stages.filter(({ address }) => address === target);
}

/** A group's name stands for all that it generated. */
function named(stages: readonly Stage[], name: string, glob: boolean): readonly Stage[] {
  const exact = stages.filter((stage) => stage.name === name);
  if (exact.length > 0) return exact;
  const group = stages.filter((stage) => stage.name.startsWith(`${name}@`));
  if (group.length > 0 || !glob) return group;
  return stages.filter((stage) => fnmatch(stage.name, name));
}

interface SplitTarget {
  readonly file: string;
  readonly name: string | undefined;
}

/** `train`, `sub/dvc.yaml`, `sub/dvc.yaml:train`, `data.dvc`. What follows an `@` may have colons of its own. */
function splitTarget(target: string): SplitTarget {
  const at = target.indexOf('@');
  const head = at < 0 ? target : target.slice(0, at);
  const [, path = '', name] = /^(.*?)(?::([^\\/:]*))?$/s.exec(head) ?? [];
  const isFile = path.endsWith('.dvc') || basename(path) === 'dvc.yaml';
  if (name) return { file: path || 'dvc.yaml', name: at < 0 ? name : name + target.slice(at) };
  return isFile && at < 0 ? { file: path, name: undefined } : { file: 'dvc.yaml', name: target };
}

function splitGlob(target: string): SplitTarget {
  const colon = target.lastIndexOf(':');
  const name = target.slice(colon + 1);
  return { file: target.slice(0, Math.max(colon, 0)) || 'dvc.yaml', name: name || undefined };
}

function unknown({ stages }: Pipeline, target: string, { cwd }: TargetOptions): DiagnosticError {
  const names = stages.flatMap(({ address, name, dvcfile, outs }) => [
    dvcfile === resolve(cwd, 'dvc.yaml') ? name : address,
    ...(name.includes('@') ? [address.slice(0, address.lastIndexOf('@'))] : []),
    ...outs.map(({ path }) => path),
  ]);
  const near = nearest(target, [...new Set(names)]);
  return new DiagnosticError('stage-unknown', {
    message: `${target} is neither a stage, nor a file of DVC, nor an out of a stage`,
    found: target,
    fix: near.length > 0 ? `did you mean ${near.join(', ')}?` : 'list the stages with: dvc stage list --all',
  });
}
