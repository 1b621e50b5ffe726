import { statSync } from 'node:fs';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { ParamValue, ParamsDependency } from '../../types.js';
import { isMapping, keyText, paramConverter, type Mapping, type Value } from '../values.js';
import { loadValues } from './load-values.js';
import { selectKey } from './select-key.js';

export type ParamValues = Readonly<Record<string, ParamValue>>;

/**
 * What a stage's params are now, in the order in which it lists them. Those that are missing, also with their whole file, are
 * left out, as `dvc status` sees it.
 *
 * @throws DiagnosticError `yaml-syntax`, `params-syntax`, `not-utf-8`, `params-is-folder`, `unsupported-param`,
 *   `ambiguous-param`, `wrong-type`
 */
export function readParams(params: ParamsDependency): ParamValues {
  const stats = statSync(params.file, { throwIfNoEntry: false });
  if (!stats) return {};
  if (stats.isDirectory()) {
    throw new DiagnosticError('params-is-folder', {
      message: `${params.path} is a folder, not a params file`,
      at: params.at,
      fix: 'name a file, or list the folder under deps',
    });
  }
  const values = loadValues(params.file, params.path);
  const entries = params.keys ? chosen(params, params.keys, values) : everything(params, values);
  let current = '';
  const convert = paramConverter(
    (found) =>
      new DiagnosticError('unsupported-param', {
        message: `the param ${current} in ${params.path} is a ${found.type}, which DVC cannot store`,
        at: params.at,
        found: found.text,
        fix: 'make it a string, for example by quotes around it',
      }),
  );
  return Object.fromEntries(
    entries.map(([name, value]) => {
      current = name;
      return [name, convert(value)];
    }),
  );
}

/**
 * As readParams, when all of them must be there: what DVC needs before it runs or records a stage.
 *
 * @throws DiagnosticError `missing-param`, `missing-params-file`, and those of readParams
 */
export function requireParams(params: ParamsDependency): ParamValues {
  const values = readParams(params);
  if (!statSync(params.file, { throwIfNoEntry: false })) {
    throw new DiagnosticError('missing-params-file', {
      message: `the params file ${params.path} does not exist`,
      at: params.at,
      fix: `create ${params.path}, or correct its name`,
    });
  }
  const missing = (params.keys ?? []).filter((key) => !Object.hasOwn(values, key));
  if (missing.length > 0) {
    throw new DiagnosticError('missing-param', {
      message: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing from ${params.path}`,
      at: params.at,
      fix: `add ${missing.length === 1 ? 'it' : 'them'} to ${params.path}, or take ${missing.length === 1 ? 'it' : 'them'} out of the stage's params`,
    });
  }
  return values;
}

function chosen(
  params: ParamsDependency,
  keys: readonly string[],
  values: Value,
): (readonly [string, Value])[] {
  const entries: (readonly [string, Value])[] = [];
  for (const key of keys) {
    const [value, ...others] = selectKey(values, key);
    if (others.length > 0) {
      throw new DiagnosticError('ambiguous-param', {
        message: `${key} matches ${others.length + 1} params in ${params.path}; DVC takes one only`,
        at: params.at,
        fix: 'name each param, or the mapping that holds them',
      });
    }
    if (value !== undefined) entries.push([key, value]);
  }
  return entries;
}

function everything(params: ParamsDependency, values: Value): (readonly [string, Value])[] {
  const top = isFalsy(values) ? (new Map() as Mapping) : values;
  if (!isMapping(top)) {
    throw new DiagnosticError('wrong-type', {
      message: `${params.path} is tracked as a whole, but has no names at its top`,
      at: params.at,
      expected: 'a mapping of names and values',
      fix: `make ${params.path} a mapping, or list it under deps`,
    });
  }
  return [...top].map(([key, value]) => [keyText(key), value] as const);
}

/** DVC takes an empty file, and what Python takes for empty, as no params. */
function isFalsy(value: Value): boolean {
  return (
    value === null ||
    value === false ||
    value === 0 ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  );
}
