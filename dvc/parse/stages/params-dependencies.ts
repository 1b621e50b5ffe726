import type { Location, YamlPath } from '../../../diagnostics/index.js';
import type { ParamsDependency } from '../../types.js';
import { wrongType } from '../schema/schema.js';
import { isMapping, isSequence, type Value } from '../values.js';
import type { YamlFile } from '../yaml/yaml-file.js';
import type { ResolvedStage } from './resolve-stages.js';
import { trackedPath } from './tracked-path.js';

const DEFAULT_FILE = 'params.yaml';

interface Tracked {
  readonly keys: string[];
  readonly at: Location;
}

/**
 * A stage's params, one entry for each file, in the order in which files are first named. A file that is named without keys
 * anywhere is tracked as a whole.
 *
 * @throws DiagnosticError `wrong-type`, and those of trackedPath
 */
export function paramsOf(
  stage: ResolvedStage,
  file: YamlFile,
  root: string,
  wdir: string,
): ParamsDependency[] {
  const items = stage.values.get('params');
  const list = isSequence(items) ? items : [];
  const whole = new Set(list.flatMap(filesWithoutKeys));
  const tracked = new Map<string, Tracked>();
  const entry = (name: string, path: YamlPath): Tracked => {
    const known = tracked.get(name) ?? { keys: [], at: file.locate(path) };
    tracked.set(name, known);
    return known;
  };
  for (const [index, item] of list.entries()) {
    const path = [...stage.path, 'params', index];
    if (typeof item === 'string') {
      if (!whole.has(DEFAULT_FILE)) entry(DEFAULT_FILE, path).keys.push(item);
      continue;
    }
    if (!isMapping(item)) throw wrongType(item, path, file, 'a string or a mapping');
    for (const [name, keys] of item) {
      const inside = [...path, String(name)];
      if (typeof name !== 'string') throw wrongType(name, inside, file, 'the name of a file');
      const known = entry(name, inside);
      if (!whole.has(name)) known.keys.push(...keyList(keys, inside, file));
    }
  }
  return [...tracked].map(([name, { keys, at }]) => ({
    ...trackedPath(name, { root, wdir, role: 'params file', at }),
    keys: keys.length > 0 ? keys : undefined,
    at,
  }));
}

function filesWithoutKeys(item: Value): readonly string[] {
  if (!isMapping(item)) return [];
  return [...item].filter(([, keys]) => isEmpty(keys)).map(([name]) => String(name));
}

/** What Python takes for false. */
function isEmpty(keys: Value): boolean {
  if (isSequence(keys)) return keys.length === 0;
  if (isMapping(keys)) return keys.size === 0;
  return keys === null || keys === '' || keys === false || keys === 0;
}

function keyList(keys: Value, path: YamlPath, file: YamlFile): readonly string[] {
  if (!isSequence(keys)) throw wrongType(keys, path, file, 'a list');
  return keys.map((key, index) => {
    if (typeof key !== 'string') throw wrongType(key, [...path, index], file, 'a string');
    return key;
  });
}
