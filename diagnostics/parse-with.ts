import type { z } from 'zod';
import { DiagnosticError, type Location } from './diagnostic-error.js';
import type { YamlPath } from './yaml-document.js';

/** Anything that can say where a value stands: a whole file, or a part of one. */
export interface Locator {
  locate(path: YamlPath): Location;
}

/**
 * Validates `value`, which stands at `path` in `source`, and turns the first thing wrong with it into a located error.
 *
 * @param code the error's code, such as `bad-params`
 * @throws DiagnosticError
 */
export function parseWith<T extends z.ZodType>(
  schema: T,
  value: unknown,
  code: string,
  source: Locator,
  path: YamlPath = [],
): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  const inside = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const full = [...path, ...inside, ...(unknownKey === undefined ? [] : [unknownKey])];
  const name = full.join('.') || 'the file';
  throw new DiagnosticError(code, {
    message: unknownKey === undefined ? `${name}: ${issue.message}` : `${name} is not a known key`,
    at: source.locate(full),
    fix: unknownKey === undefined ? `correct ${name}` : knownKeysHint(schema, inside),
  });
}

function knownKeysHint(schema: z.ZodType, path: readonly (string | number)[]): string {
  let at: unknown = schema;
  for (const step of ['', ...path]) {
    while (at && typeof at === 'object' && !('shape' in at) && 'unwrap' in at)
      at = (at as { unwrap(): unknown }).unwrap();
    if (step !== '') at = (at as { shape?: Record<string, unknown> } | undefined)?.shape?.[step];
  }
  while (at && typeof at === 'object' && !('shape' in at) && 'unwrap' in at)
    at = (at as { unwrap(): unknown }).unwrap();
  const shape = (at as { shape?: Record<string, unknown> } | undefined)?.shape;
  return shape ? `remove it, or use one of: ${Object.keys(shape).join(', ')}` : 'remove it';
}
