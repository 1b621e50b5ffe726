import { DiagnosticError } from '../../diagnostics/index.js';
import type { Network } from '../models/network.js';
import type { ParameterShapes } from '../models/parameters.js';

/** Does `path` end with `part`, at a dot? `query` and `self.query` match `…attention.self.query`. */
export function endsWithPart(path: string, part: string): boolean {
  return path === part || path.endsWith(`.${part}`);
}

/**
 * The parameters of modules that train in full, beside what a method adds: PEFT's `modules_to_save`.
 *
 * @param saved last parts of the modules' paths
 * @throws DiagnosticError `bad-target-modules`
 */
export function parametersInFull(model: ParameterShapes, saved: readonly string[]): string[] {
  checkNames('modules_to_save', saved, modulePaths(model));
  return [...model.keys()].filter((name) => isInside(name, saved));
}

/** What trains in full where nothing is named, a classifier's head: `classifier`. Of a language model nothing. */
export function headModules({ task, shapes, names }: Pick<Network, 'task' | 'shapes' | 'names'>): string[] {
  if (task === 'causal-lm') return [];
  const ofHead = [...shapes.keys()].filter((name) => names.isHead(name));
  return [...new Set(ofHead.map((name) => name.split('.')[0] as string))];
}

/** Paths of all modules that hold parameters, themselves or further inside. */
export function modulePaths(model: ParameterShapes): string[] {
  return [...new Set([...model.keys()].flatMap((name) => prefixes(name)))];
}

/** Is the parameter in a module whose path ends with one of these parts? */
export function isInside(parameter: string, parts: readonly string[]): boolean {
  return prefixes(parameter).some((module) => parts.some((part) => endsWithPart(module, part)));
}

/** `a.b.weight` → `a`, `a.b`: the modules that hold a parameter. */
function prefixes(name: string): string[] {
  const parts = name.split('.').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
}

/** @throws DiagnosticError `bad-target-modules` where a part is no path's last */
export function checkNames(key: string, parts: readonly string[], paths: readonly string[]): void {
  for (const part of parts)
    if (!paths.some((path) => endsWithPart(path, part)))
      refuseNames(key, `the model has no layer named ${part}`, part, paths);
}

/** @throws DiagnosticError `bad-target-modules`, which lists the last parts of what there is */
export function refuseNames(key: string, message: string, found: string, paths: readonly string[]): never {
  throw new DiagnosticError('bad-target-modules', {
    message: `finetuning.${key}: ${message}`,
    found,
    expected: `last parts of layers' names: ${lastParts(paths).join(', ')}`,
    fix: `correct ${key}`,
  });
}

/** Each once, without the numbers of layers. */
export function lastParts(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split('.').at(-1) as string);
  return [...new Set(parts)].filter((part) => !/^\d+$/.test(part));
}
