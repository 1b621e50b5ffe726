import { DiagnosticError } from '../../../diagnostics/index.js';
import type { ParameterShapes } from '../../models/parameters.js';

/** Does `path` end with `part`, at a dot? `query` and `self.query` match `…attention.self.query`. */
export function endsWithPart(path: string, part: string): boolean {
  return path === part || path.endsWith(`.${part}`);
}

/** `a.b.weight` → `a`, `a.b`: the modules that hold a parameter. */
export function modulesAround(parameter: string): string[] {
  const parts = parameter.split('.').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
}

/** Paths of all modules that hold parameters, themselves or further inside. */
export function modulePaths(shapes: ParameterShapes): string[] {
  return [...new Set([...shapes.keys()].flatMap((name) => modulesAround(name)))];
}

/** Is the parameter in a module that one of these parts names? */
export function isInside(parameter: string, parts: readonly string[]): boolean {
  return modulesAround(parameter).some((module) => parts.some((part) => endsWithPart(module, part)));
}

/** @throws DiagnosticError `bad-target-modules` for a part that ends no path */
export function checkParts(key: string, parts: readonly string[], paths: readonly string[]): void {
  for (const part of parts)
    if (!paths.some((path) => endsWithPart(path, part)))
      refuseTargets(key, `the model has no layer named ${part}`, part, paths);
}

/** @throws DiagnosticError `bad-target-modules`, always */
export function refuseTargets(key: string, message: string, found: string, paths: readonly string[]): never {
  const known = [...new Set(paths.map((path) => path.split('.').at(-1)))].filter((name) => !/^\d+$/.test(name ?? '')); // prettier-ignore
  throw new DiagnosticError('bad-target-modules', {
    message: `finetuning.${key}: ${message}`,
    found,
    expected: `last parts of layers' names: ${known.join(', ')}`,
    fix: `correct ${key}`,
  });
}
