import { existsSync, statSync } from 'node:fs';
import { join, normalize, relative } from 'node:path';
import { loadValues } from '../params/load-values.js';
import { isMapping, keyText, typeName, type Mapping, type Value } from '../values.js';
import type { Context } from './context.js';
import { DictNode, toNode, type Node } from './node.js';
import { TemplateError } from './template-error.js';

/** `params.yaml` beside a dvc.yaml is there without being named. */
export function loadDefaultParams(context: Context, folder: string, root: string): Context {
  return existsSync(join(folder, 'params.yaml')) ? mergeFile(context, 'params.yaml', folder, root) : context;
}

/**
 * Adds one item of `vars`: a file (`params.json`), keys of a file (`params.json:model,data`), or names with their values.
 *
 * @param source how messages call the item
 * @throws TemplateError `vars-conflict`, `vars-file`, `unsupported-value`; DiagnosticError of the file that it names
 */
export function loadVarsItem(
  context: Context,
  item: Value,
  folder: string,
  root: string,
  source: string,
): Context {
  if (typeof item === 'string') return mergeFile(context, item, folder, root);
  return context.merge(namesOf(item as Mapping, source));
}

function mergeFile(context: Context, item: string, folder: string, root: string): Context {
  const colon = item.indexOf(':');
  const path = colon < 0 ? item : item.slice(0, colon);
  const keys =
    colon < 0
      ? []
      : item
          .slice(colon + 1)
          .split(',')
          .filter(Boolean);
  const wanted = keys.length > 0 ? keys : undefined;
  const file = normalize(join(folder, path));
  if (context.imports.has(file)) {
    const before = context.imports.get(file);
    if (!wanted && !before) return context;
    checkLoaded(item, wanted, before);
  }
  const name = relative(root, file);
  const values = loadMapping(file, name, item);
  return context.merge(namesOf(pick(values, wanted, name, item), name)).imported(file, wanted);
}

function checkLoaded(
  item: string,
  keys: readonly string[] | undefined,
  before: readonly string[] | undefined,
): void {
  const overlaps = keys?.some((key) => before?.includes(key)) ?? false;
  if (keys && before && !overlaps) return;
  throw new TemplateError(
    'vars-conflict',
    before ? `${item} was loaded in part already` : `${item} was loaded as a whole already`,
    'name the file once, as a whole or by keys',
    item,
  );
}

function loadMapping(file: string, name: string, item: string): Mapping {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile()) {
    throw new TemplateError(
      'vars-file',
      stats ? `${name} is a folder, not a file of vars` : `${name}, which vars names, does not exist`,
      'create it, or correct its name',
      item,
    );
  }
  const values = loadValues(file, name) ?? new Map();
  if (isMapping(values)) return values;
  throw new TemplateError(
    'vars-file',
    `${name} holds a ${typeName(values)}, not a mapping of names and values`,
    'make it a mapping',
    item,
  );
}

function pick(values: Mapping, keys: readonly string[] | undefined, name: string, item: string): Mapping {
  if (!keys) return values;
  return new Map(
    keys.map((key) => {
      const value = values.get(key);
      if (value !== undefined) return [key, value];
      throw new TemplateError(
        'vars-file',
        `${name} has no ${key}`,
        `use one of its keys: ${[...values.keys()].map(keyText).join(', ')}`,
        item,
      );
    }),
  );
}

function namesOf(values: Mapping, source: string): ReadonlyMap<string, Node> {
  const node = toNode(values, { source, path: [] });
  return node instanceof DictNode ? node.entries : new Map();
}
