import type { Location } from '../../../diagnostics/index.js';
import type { IgnoreTree } from '../../project/index.js';
import type { Output } from '../../types.js';
import { wrongType } from '../schema/schema.js';
import { isMapping, isSequence, keyText, type Mapping, type Value } from '../values.js';
import type { YamlFile } from '../yaml/yaml-file.js';
import type { ResolvedStage } from './resolve-stages.js';
import { refuseIgnored, trackedPath } from './tracked-path.js';

const SECTIONS = [
  ['outs', 'out'],
  ['metrics', 'metric'],
  ['plots', 'plot'],
] as const;

interface Place {
  readonly file: YamlFile;
  readonly root: string;
  readonly wdir: string;
  readonly ignore: IgnoreTree;
}

/** What a stage makes: outs, then metrics, then plots. @throws DiagnosticError */
export function outputsOf(stage: ResolvedStage, { file, root, wdir, ignore }: Place): Output[] {
  return SECTIONS.flatMap(([section, kind]) =>
    [...flagsByPath(stage, section, file).values()].map(({ value, flags, at }) => {
      const cache = flags.get('cache') !== false;
      const tracked = trackedPath(value, { root, wdir, role: 'out', cached: cache, at });
      refuseIgnored(ignore, tracked, at);
      return { ...tracked, kind, cache, persist: flags.get('persist') === true, ...transferFlags(flags), at };
    }),
  );
}

/** To which remote an out goes, and whether at all; left out where nothing is said. */
export function transferFlags(flags: Mapping): Pick<Output, 'remote' | 'push'> {
  const remote = flags.get('remote');
  return {
    ...(typeof remote === 'string' && { remote }),
    ...(flags.get('push') === false && { push: false }),
  };
}

interface Entry {
  readonly value: Value;
  readonly flags: Mapping;
  readonly at: Location;
}

/** A path that a section names twice is one out, with the flags of both. */
function flagsByPath(stage: ResolvedStage, section: string, file: YamlFile): ReadonlyMap<Value, Entry> {
  const entries = new Map<Value, Entry>();
  const add = (value: Value, flags: Mapping, at: Location) => {
    const before = entries.get(value);
    entries.set(value, { value, flags: new Map([...(before?.flags ?? []), ...flags]), at: before?.at ?? at });
  };
  const items = stage.values.get(section);
  for (const [index, item] of (isSequence(items) ? items : []).entries()) {
    const path = [...stage.path, section, index];
    if (!isMapping(item)) {
      add(item, new Map(), file.locate(path));
      continue;
    }
    const written = writtenKeys(stage.definition, section, index);
    for (const [position, [key, flags]] of [...item].entries()) {
      const inside = [...path, written[position] ?? keyText(key)];
      if (!isMapping(flags)) throw wrongType(flags, inside, file, 'a mapping');
      add(key, flags, file.locate(inside));
    }
  }
  return entries;
}

/** Keys as they stand in the file, where templates may be in them. */
function writtenKeys(definition: Mapping, section: string, index: number): readonly string[] {
  const items = definition.get(section);
  const item = isSequence(items) ? items[index] : undefined;
  return isMapping(item) ? [...item.keys()].map(keyText) : [];
}
