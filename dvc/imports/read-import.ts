import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { DiagnosticError, YamlDocument } from '../../diagnostics/index.js';
import { readLockEntry } from '../state/index.js';
import type { ImportState, Project, Stage } from '../types.js';

/** Data from a URL or another folder (`dvc import-url`). */
export interface UrlImport {
  readonly kind: 'url';
  /** As the `.dvc` file has it; of a path, absolute. */
  readonly url: string;
  /** `fs_config`: as options of a remote. */
  readonly options: Readonly<Record<string, string>>;
  readonly recorded: ImportState;
}

/** Data of another repository (`dvc import`). */
export interface RepositoryImport {
  readonly kind: 'repository';
  readonly url: string;
  /** Branch, tag or commit; undefined: the repository's default branch. */
  readonly rev: string | undefined;
  /** In the repository. */
  readonly path: string;
  /** Of the other project. */
  readonly remote: string | undefined;
  readonly recorded: ImportState;
}

export type Import = UrlImport | RepositoryImport;

/** What tells one state from another; sizes go with them. */
const STATE_KEYS = ['md5', 'etag', 'checksum', 'rev_lock'] as const;

export function sameState(a: ImportState, b: ImportState): boolean {
  return STATE_KEYS.every((key) => a[key] === b[key]);
}

/**
 * Where the data of a `.dvc` file was imported from.
 *
 * @throws DiagnosticError `import-unsupported`
 */
export async function readImport(project: Project, stage: Stage): Promise<Import> {
  const shownAs = relative(project.root, stage.dvcfile);
  const source = new YamlDocument(shownAs, await readFile(stage.dvcfile, 'utf8'));
  const unsupported = (what: string): DiagnosticError =>
    new DiagnosticError('import-unsupported', {
      message: `${shownAs} imports ${what}, which cannot be updated here`,
      at: source.locate(['deps', 0]),
      fix: `update it with dvc update ${shownAs}`,
    });
  const { deps = [] } = (source.document.toJS() ?? {}) as { deps?: readonly Fields[] };
  const [dep, another] = deps;
  if (!dep || another) throw unsupported('from several places');
  if (dep['db'] !== undefined) throw unsupported('from a database');
  if (dep['files'] !== undefined || dep['version_id'] !== undefined || dep['cloud'] !== undefined)
    throw unsupported('objects by their versions');
  const recorded = (await readLockEntry(project, stage))?.imported ?? {};
  const repo = dep['repo'] as Fields | undefined;
  if (!repo) {
    return {
      kind: 'url',
      url: text(dep['path']) ?? '',
      options: textsOf(dep['fs_config']),
      recorded,
    };
  }
  if (typeof repo['config'] === 'object' || typeof repo['remote'] === 'object')
    throw unsupported('with a configuration of its own');
  return {
    kind: 'repository',
    url: text(repo['url']) ?? '',
    rev: text(repo['rev']),
    path: text(dep['path']) ?? '',
    remote: text(repo['remote']),
    recorded,
  };
}

type Fields = Readonly<Record<string, unknown>>;

function text(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}

function textsOf(fields: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries((fields ?? {}) as Fields).map(([key, value]) => [key, String(value)]),
  );
}
