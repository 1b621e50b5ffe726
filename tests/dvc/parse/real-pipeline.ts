import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  PythonFloat,
  type ParamKey,
  type ParamValue,
  type Pipeline,
  type Selection,
} from '../../../dvc/index.js';
import { floatRepr } from '../../../dvc/state/python/number.js';
import { readParams } from '../../../dvc/index.js';
import { python } from '../state/real-dvc.js';

export interface RealProject {
  readonly root: string;
  readonly selections?: readonly Selection[];
}

/** What `describe-pipeline.py` says of one project. */
export interface RealPipeline {
  readonly error?: string;
  readonly stages: readonly unknown[];
  readonly upstream: Readonly<Record<string, readonly string[]>>;
  readonly plans: readonly (readonly string[] | { readonly error: string })[];
}

export async function askDvc(projects: readonly RealProject[]): Promise<readonly RealPipeline[]> {
  const script = await readFile(join(import.meta.dirname, 'describe-pipeline.py'), 'utf8');
  return JSON.parse(await python(script, JSON.stringify(projects))) as RealPipeline[];
}

/** A pipeline of ours in the words of `describe-pipeline.py`. */
export function describePipeline(pipeline: Pipeline): Pick<RealPipeline, 'stages'> {
  return {
    stages: pipeline.stages.map((stage) => ({
      address: stage.address,
      name: stage.name,
      dvcfile: stage.dvcfile,
      wdir: stage.wdir,
      cmd: stage.cmd ?? null,
      deps: stage.deps.map(({ path, file }) => ({ path, file })),
      params: stage.params.map((params) => ({
        path: params.path,
        file: params.file,
        keys: params.keys ?? null,
        values: tagged(readParams(params)),
      })),
      outs: stage.outs.map(({ path, file, kind, cache, persist }) => ({ path, file, kind, cache, persist })),
      frozen: stage.frozen,
      alwaysChanged: stage.alwaysChanged,
      desc: stage.desc ?? null,
      meta: stage.meta ?? null,
    })),
  };
}

function tagged(value: ParamValue): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return { int: String(value) };
  if (value instanceof PythonFloat)
    return { float: Number.isFinite(value.value) ? floatRepr(value.value) : special(value.value) };
  if (Array.isArray(value)) return value.map(tagged);
  const entries: [ParamKey, ParamValue][] = value instanceof Map ? [...value] : Object.entries(value);
  return { dict: entries.map(([key, item]) => [tagged(key), tagged(item)]) };
}

function special(value: number): string {
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}
