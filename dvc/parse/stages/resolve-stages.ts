import { dirname, join, relative } from 'node:path';
import { DiagnosticError, type YamlPath } from '../../../diagnostics/index.js';
import type { Project } from '../../types.js';
import { Context } from '../templating/context.js';
import { checkTemplates, findTemplates } from '../templating/expression.js';
import { loadDefaultParams, loadVarsItem } from '../templating/load-vars.js';
import { resolveValue } from '../templating/resolve.js';
import { isMapping, isSequence, keyText, type Mapping, type Value } from '../values.js';
import type { YamlFile } from '../yaml/yaml-file.js';
import { iterateForeach, iterateMatrix, type Iterations } from './generate.js';
import { located } from './located.js';

/** A stage with no template left in it. */
export interface ResolvedStage {
  readonly name: string;
  /** Where its definition stands in the file. */
  readonly path: YamlPath;
  readonly definition: Mapping;
  readonly values: Mapping;
}

interface Scope {
  readonly project: Project;
  readonly file: YamlFile;
  /** Absolute folder of the dvc.yaml. */
  readonly folder: string;
}

/** Sections beside the stages that may have templates; DVC resolves them whenever it reads the file. */
const SECTIONS = ['artifacts', 'datasets', 'metrics', 'params', 'plots'];

/** The stages of a dvc.yaml that fits its schema, in their order. @throws DiagnosticError */
export function resolveStages(project: Project, dvcfile: string, file: YamlFile): ResolvedStage[] {
  const top = isMapping(file.value) ? file.value : new Map<string, Value>();
  const scope: Scope = { project, file, folder: dirname(dvcfile) };
  let context = located(file, ['vars'], () => loadDefaultParams(Context.empty, scope.folder, project.root));
  context = loadVars(scope, context, top.get('vars'), ['vars'], scope.folder, '');
  for (const section of SECTIONS) {
    const value = top.get(section);
    if (value !== undefined) resolveAt(scope, context, value, [section], 'foreach');
  }
  const stages = top.get('stages') ?? new Map();
  return [...(stages as Mapping)].flatMap(([name, definition]) =>
    resolveDefinition(scope, context, String(name), definition as Mapping),
  );
}

function resolveDefinition(
  scope: Scope,
  context: Context,
  name: string,
  definition: Mapping,
): ResolvedStage[] {
  const path = ['stages', name];
  const iterations = iterate(scope, context, path, definition);
  if (!iterations) {
    if (name.includes('@')) throw badName(scope, path, name);
    return [resolveStage(scope, context, name, path, definition)];
  }
  const template = definition.has('do') ? (definition.get('do') as Mapping) : definition;
  const inside = definition.has('do') ? [...path, 'do'] : path;
  return [...iterations].map(([key, items]) => {
    const generated = `${name}@${key}`;
    if (name.includes('@') || key.includes('@') || key === '') throw badName(scope, path, generated);
    return resolveStage(scope, context.with(items), generated, inside, template);
  });
}

function iterate(
  { file, project }: Scope,
  context: Context,
  path: YamlPath,
  definition: Mapping,
): Iterations | undefined {
  for (const keyword of ['matrix', 'foreach'] as const) {
    const data = definition.get(keyword);
    if (data === undefined) continue;
    return located(file, [...path, keyword], () => {
      checkAll(data);
      return keyword === 'matrix'
        ? iterateMatrix(data as Mapping, context, project.config)
        : iterateForeach(data, context, project.config);
    });
  }
  return undefined;
}

function resolveStage(
  scope: Scope,
  outer: Context,
  name: string,
  path: YamlPath,
  definition: Mapping,
): ResolvedStage {
  const wdir = definition.get('wdir') ?? '';
  const folder = join(scope.folder, String(resolveAt(scope, outer, wdir, [...path, 'wdir'], 'other')));
  const context = loadVars(scope, outer, definition.get('vars'), [...path, 'vars'], folder, `${name}.`);
  const values = new Map<string, Value>();
  for (const [key, value] of definition) {
    const field = keyText(key);
    if (field === 'vars' || field === 'matrix') continue;
    values.set(field, resolveAt(scope, context, value, [...path, field], field === 'cmd' ? 'cmd' : 'other'));
  }
  return { name, path, definition, values };
}

function resolveAt(
  { file, project }: Scope,
  context: Context,
  value: Value,
  path: YamlPath,
  place: 'cmd' | 'foreach' | 'other',
): Value {
  return located(file, path, () => {
    checkAll(value);
    return resolveValue(value, context, place, project.config);
  });
}

function loadVars(
  { file, project }: Scope,
  context: Context,
  vars: Value | undefined,
  path: YamlPath,
  folder: string,
  prefix: string,
): Context {
  if (!isSequence(vars)) return context;
  return vars.reduce((loaded: Context, item, index) => {
    for (const text of textsOf(item)) {
      const [template] = findTemplates(text);
      if (!template) continue;
      throw new DiagnosticError('template-in-vars', {
        message: `vars cannot have templates, but has ${template.text}`,
        at: file.locateText([...path, index], template.text),
        fix: 'write the value itself',
      });
    }
    const source = `${relative(project.root, join(folder, 'dvc.yaml'))}:${prefix}vars[${index}]`;
    return located(file, [...path, index], () => loadVarsItem(loaded, item, folder, project.root, source));
  }, context);
}

function checkAll(value: Value): void {
  for (const text of textsOf(value)) checkTemplates(text);
}

/** Every string in a value, keys too. */
function* textsOf(value: Value): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (isSequence(value)) for (const item of value) yield* textsOf(item);
  else if (isMapping(value)) {
    for (const [key, item] of value) {
      if (typeof key === 'string') yield key;
      yield* textsOf(item);
    }
  }
}

function badName({ file }: Scope, path: YamlPath, name: string): DiagnosticError {
  return new DiagnosticError('stage-name', {
    message: name.endsWith('@')
      ? `${name.slice(0, -1)} generates a stage with an empty key`
      : `the stage name ${name} has an @ of its own, which DVC takes for the start of a generated key`,
    at: file.locate(path),
    fix: 'use a name without @, and keys that are not empty and have none either',
  });
}
