import { DiagnosticError } from '../../diagnostics/index.js';
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
  const modules = [...new Set([...model.keys()].flatMap((name) => prefixes(name)))];
  checkNames('modules_to_save', saved, modules);
  return [...model.keys()].filter((name) =>
    prefixes(name).some((module) => saved.some((part) => endsWithPart(module, part))),
  );
}

/** `a.b.weight` → `a`, `a.b`: the modules that hold a parameter. */
function prefixes(name: string): string[] {
  const parts = name.split('.').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
}

/** @throws DiagnosticError `bad-target-modules` where a part is no path's last */
export function checkNames(key: string, parts: readonly string[], paths: readonly string[]): void {
  for (const part of parts) {
    if (paths.some((path) => endsWithPart(path, part))) continue;
    const known = [...new Set(paths.map((path) => path.split('.').at(-1)))].filter((name) => !/^\d+$/.test(name ?? '')); // prettier-ignore
    throw new DiagnosticError('bad-target-modules', {
      message: `finetuning.${key}: the model has no layer named ${part}`,
      found: part,
      expected: `last parts of layers' names: ${known.join(', ')}`,
      fix: `correct ${key}`,
    });
  }
}
