import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  statSync,
  writeFileSync,
  existsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parseDocument } from 'yaml';
import {
  commitLock,
  readLock,
  readLockEntry,
  removeOutputs,
  restoreRun,
  saveOutputs,
  saveRun,
  stageStatus,
  type ParamsReader,
} from '../../../dvc/state/index.js';
import { ValueReader } from '../../../dvc/state/yaml/values.js';
import type { LockEntry, Output, ParamValue, Project, ProjectConfig, Stage } from '../../../dvc/types.js';

type OutSpec = string | Record<string, { cache?: boolean; persist?: boolean }>;

/** A stage as dvc.yaml has it, without templates: the rig needs no parser. */
export interface StageSpec {
  cmd: string | string[];
  wdir?: string;
  deps?: string[];
  params?: (string | Record<string, string[] | null>)[];
  outs?: OutSpec[];
  metrics?: OutSpec[];
  plots?: OutSpec[];
  frozen?: boolean;
  always_changed?: boolean;
}

export interface Sample {
  stages: Record<string, StageSpec>;
  /** Relative path → content; a trailing `*` makes it executable. */
  files: Record<string, string>;
  config?: Partial<ProjectConfig>;
  /** Lines of `.dvc/config`. */
  dvcConfig?: string;
}

/** A git and DVC project in a temporary folder. */
export function makeProject(sample: Sample): Project {
  const base = mkdtempSync(join(realpathSync(tmpdir()), 'reprise-dvc-'));
  const root = join(base, 'project');
  mkdirSync(join(root, '.dvc'), { recursive: true });
  execFileSync('git', ['init', '-q'], { cwd: root });
  write(
    root,
    '.dvc/config',
    `[core]\n    analytics = false\n    check_update = false\n${sample.dvcConfig ?? ''}`,
  );
  write(root, '.dvc/.gitignore', '/config.local\n/tmp\n/cache\n');
  for (const [path, content] of Object.entries(sample.files)) {
    const file = write(root, path.replace(/\*$/, ''), content);
    if (path.endsWith('*')) execFileSync('chmod', ['755', file]);
  }
  write(root, 'dvc.yaml', JSON.stringify({ stages: sample.stages }, null, 2));
  const config: ProjectConfig = {
    cacheDir: join(root, '.dvc', 'cache'),
    cacheTypes: ['reflink', 'copy'],
    sharedGroup: false,
    parsingBool: 'store_true',
    parsingList: 'nargs',
    ...sample.config,
  };
  return { root, config };
}

export function write(root: string, path: string, content: string): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

export function stagesOf(project: Project, sample: Sample): Stage[] {
  return Object.entries(sample.stages).map(([name, spec]) => {
    const wdir = join(project.root, spec.wdir ?? '.');
    const at = { file: 'dvc.yaml', line: 1, column: 1 };
    const outs = (kind: Output['kind'], items: OutSpec[] = []): Output[] =>
      items.map((item) => {
        const [path, flags] =
          typeof item === 'string' ? [item, {}] : (Object.entries(item)[0] as [string, object]);
        const { cache = true, persist = false } = flags as { cache?: boolean; persist?: boolean };
        return { path, file: join(wdir, path), kind, cache, persist, at };
      });
    const keyed = new Map<string, string[] | undefined>();
    for (const item of spec.params ?? []) {
      if (typeof item === 'string') keyed.set('params.yaml', [...(keyed.get('params.yaml') ?? []), item]);
      else for (const [path, keys] of Object.entries(item)) keyed.set(path, keys ?? undefined);
    }
    return {
      address: name,
      name,
      dvcfile: join(project.root, 'dvc.yaml'),
      wdir,
      cmd: spec.cmd,
      deps: (spec.deps ?? []).map((path) => ({ path, file: join(wdir, path), at })),
      params: [...keyed].map(([path, keys]) => ({ path, file: join(wdir, path), keys, at })),
      outs: [...outs('out', spec.outs), ...outs('metric', spec.metrics), ...outs('plot', spec.plots)],
      frozen: spec.frozen ?? false,
      alwaysChanged: spec.always_changed ?? false,
      desc: undefined,
      meta: undefined,
      at,
      locate: () => at,
    };
  });
}

/** Reads YAML and JSON params. */
export const readParams: ParamsReader = async (source) => {
  if (!existsSync(source.file)) return {};
  const document = parseDocument(readFileSync(source.file, 'utf8'));
  const values = new ValueReader(document).read(document.contents) as Map<string, ParamValue>;
  if (!source.keys) return Object.fromEntries(values);
  const found: Record<string, ParamValue> = {};
  for (const key of source.keys) {
    const value = key
      .split('.')
      .reduce<unknown>((at, step) => (at instanceof Map ? at.get(step) : undefined), values);
    if (value !== undefined) found[key] = value as ParamValue;
  }
  return found;
};

export type Outcome = 'skipped' | 'restored' | 'ran';

/** What a `dvc repro` does, with our verbs, one stage after another. */
export async function repro(
  project: Project,
  stages: readonly Stage[],
  params: ParamsReader = readParams,
): Promise<Record<string, Outcome>> {
  const outcomes: Record<string, Outcome> = {};
  const namesBefore = new Map<string, readonly string[]>();
  for (const { dvcfile } of stages) namesBefore.set(dvcfile, [...(await readLock(project, dvcfile)).keys()]);
  for (const stage of stages) {
    const locked = await readLockEntry(project, stage);
    if ((await stageStatus(project, stage, locked, params)).length === 0) {
      outcomes[stage.address] = 'skipped';
      continue;
    }
    let entry: LockEntry | undefined = await restoreRun(project, stage, params, locked);
    outcomes[stage.address] = entry ? 'restored' : 'ran';
    if (!entry) {
      await removeOutputs(project, stage);
      if (!stage.frozen) runCommand(project, stage);
      entry = await saveOutputs(project, stage, params, locked);
    }
    await saveRun(project, stage, entry);
    await commitLock(project, stage.dvcfile, new Map([[stage.name, entry]]), {
      plannedOrder: stages.filter(({ dvcfile }) => dvcfile === stage.dvcfile).map(({ name }) => name),
      namesBefore: namesBefore.get(stage.dvcfile) ?? [],
    });
  }
  return outcomes;
}

function runCommand(project: Project, stage: Stage): void {
  const env = { ...process.env, DVC_ROOT: project.root, DVC_STAGE: stage.address };
  for (const line of typeof stage.cmd === 'string' ? stage.cmd.split('\n') : (stage.cmd ?? []))
    execFileSync('/bin/sh', ['-c', line], { cwd: stage.wdir, env, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Every file below `folder` with its permission bits and, unless it is a cache object, its text. */
export function snapshot(folder: string, texts = true): Record<string, string> {
  if (!existsSync(folder)) return {};
  const found: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name);
    const info = statSync(path);
    const mode = (info.mode & 0o7777).toString(8);
    if (info.isFile()) found[relative(folder, path)] = texts ? `${mode} ${readFileSync(path, 'utf8')}` : mode;
  }
  return found;
}
