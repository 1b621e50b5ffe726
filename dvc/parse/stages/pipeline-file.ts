import { dirname, relative, resolve } from 'node:path';
import type { YamlPath } from '../../../diagnostics/index.js';
import type { IgnoreTree } from '../../project/index.js';
import type { Dependency, Project, Stage } from '../../types.js';
import { pipelineSchema } from '../schema/pipeline-schema.js';
import { wrongType } from '../schema/schema.js';
import { isSequence, toPlain, type Value } from '../values.js';
import { readYamlFile, type YamlFile } from '../yaml/yaml-file.js';
import { outputsOf } from './outputs.js';
import { paramsOf } from './params-dependencies.js';
import { resolveStages, type ResolvedStage } from './resolve-stages.js';
import { trackedPath } from './tracked-path.js';

/** Files that fit the schema: one that has not changed is the same. */
const checked = new WeakSet<YamlFile>();

/** The stages of a dvc.yaml. @throws DiagnosticError */
export function readPipelineFile(project: Project, dvcfile: string, ignore: IgnoreTree): Stage[] {
  const file = readYamlFile(dvcfile, relative(project.root, dvcfile));
  if (file.value !== null && !checked.has(file)) pipelineSchema(file.value, [], file);
  checked.add(file);
  return resolveStages(project, dvcfile, file).map((resolved) =>
    build(project, dvcfile, file, resolved, ignore),
  );
}

function build(
  project: Project,
  dvcfile: string,
  file: YamlFile,
  resolved: ResolvedStage,
  ignore: IgnoreTree,
): Stage {
  const { root } = project;
  const { name, path, values } = resolved;
  const inside = (...steps: YamlPath): YamlPath => [...path, ...steps];
  const folder = values.get('wdir') ?? '.';
  if (typeof folder !== 'string') throw wrongType(folder, inside('wdir'), file, 'a path');
  const wdir = resolve(dirname(dvcfile), folder);
  const desc = values.get('desc');
  const deps = values.get('deps');
  return {
    address: file.name === 'dvc.yaml' ? name : `${file.name}:${name}`,
    name,
    dvcfile,
    wdir,
    cmd: command(values.get('cmd') ?? null, inside('cmd'), file),
    deps: (isSequence(deps) ? deps : []).map((dep, index): Dependency => {
      const at = file.locate(inside('deps', index));
      return { ...trackedPath(dep, { root, wdir, role: 'dep', at }), at };
    }),
    params: paramsOf(resolved, file, root, wdir),
    outs: outputsOf(resolved, { file, root, wdir, ignore }),
    frozen: values.get('frozen') === true,
    alwaysChanged: values.get('always_changed') === true,
    desc: typeof desc === 'string' ? desc : undefined,
    meta: toPlain(values.get('meta') ?? null) ?? undefined,
    at: file.locate(path),
    locate: (steps) => file.locate(inside(...steps)),
  };
}

function command(value: Value, path: YamlPath, file: YamlFile): string | readonly string[] {
  if (typeof value === 'string') return value;
  if (!isSequence(value)) throw wrongType(value, path, file, 'a string or a list');
  return value.map((line, index) => {
    if (typeof line !== 'string') throw wrongType(line, [...path, index], file, 'a string');
    return line;
  });
}
