import { dirname, relative, resolve } from 'node:path';
import type { Dependency, Output, Project, Stage } from '../../types.js';
import { dataSchema } from '../schema/data-schema.js';
import { isMapping, isSequence, toPlain, type Mapping, type Value } from '../values.js';
import { readYamlFile } from '../yaml/yaml-file.js';
import { transferFlags } from './outputs.js';
import { trackedPath } from './tracked-path.js';

/** The stage that a `.dvc` file is: data with its hash, and no command. @throws DiagnosticError */
export function readDataFile(project: Project, dvcfile: string): Stage {
  const { root } = project;
  const file = readYamlFile(dvcfile, relative(root, dvcfile));
  if (file.value !== null) dataSchema(file.value, [], file);
  const values = isMapping(file.value) ? file.value : new Map<string, Value>();
  const wdir = resolve(dirname(dvcfile), (values.get('wdir') as string | null | undefined) ?? '.');
  const frozen = values.get('locked') === true || values.get('frozen') === true;
  const sources = itemsOf(values, 'deps');
  const deps = sources.flatMap((dep, index): Dependency[] => {
    const at = file.locate(['deps', index]);
    const isRemote = dep.has('repo') || dep.has('db') || /:\/\//.test(String(dep.get('path')));
    return isRemote ? [] : [{ ...trackedPath(dep.get('path'), { root, wdir, role: 'dep', at }), at }];
  });
  const outs = itemsOf(values, 'outs').map((out, index): Output => {
    const at = file.locate(['outs', index]);
    const cache = out.get('cache') !== false;
    return {
      ...trackedPath(out.get('path'), { root, wdir, role: 'out', cached: cache, at }),
      kind: 'out',
      cache,
      persist: out.get('persist') === true,
      ...transferFlags(out),
      at,
    };
  });
  const desc = values.get('desc');
  return {
    address: file.name,
    name: file.name,
    dvcfile,
    wdir,
    cmd: undefined,
    deps,
    params: [],
    outs,
    frozen,
    alwaysChanged: values.get('always_changed') === true,
    ...(sources.length > 0 && {
      imports: sources.some((dep) => dep.has('repo')) ? ('repository' as const) : ('url' as const),
    }),
    desc: typeof desc === 'string' ? desc : undefined,
    meta: toPlain(values.get('meta') ?? null) ?? undefined,
    at: file.locate([]),
    locate: (path) => file.locate(path),
  };
}

function itemsOf(values: Mapping, section: string): readonly Mapping[] {
  const items = values.get(section);
  return isSequence(items) ? items.filter(isMapping) : [];
}
