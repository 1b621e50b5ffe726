import type { Location } from '../diagnostics/index.js';

declare const md5Brand: unique symbol;
/** A hex md5; that of a directory object ends in `.dir`. */
export type Md5 = string & { readonly [md5Brand]: true };

/** How a cached object is brought into the workspace, most wanted first (`cache.type`). */
export type LinkType = 'reflink' | 'hardlink' | 'symlink' | 'copy';

/** What `.dvc/config` (with `config.local`, global and system files below it) says, as far as we use it. */
export interface ProjectConfig {
  /** Absolute folder that holds `files/md5` and `runs`. */
  readonly cacheDir: string;
  readonly cacheTypes: readonly LinkType[];
  /** `cache.shared: group` gives 0664 files and 02775 folders. */
  readonly sharedGroup: boolean;
  readonly parsingBool: 'store_true' | 'boolean_optional';
  readonly parsingList: 'nargs' | 'append';
  /** `core.autostage`: `git add` what a run wrote beside the outs (dvc.lock, .gitignore). */
  readonly autostage?: boolean;
  /** `core.no_scm`: there may be a git repository, but DVC is not to touch it. */
  readonly noScm?: boolean;
}

export interface Project {
  /** Absolute real path of the folder that holds `.dvc`. */
  readonly root: string;
  readonly config: ProjectConfig;
}

/** A file or folder that a stage reads. */
export interface Dependency {
  /** As dvc.lock names it: relative to the stage's `wdir`, POSIX separators. */
  readonly path: string;
  /** Absolute path. */
  readonly file: string;
  /** A URL, which no stage here can use: `select` refuses the stage. */
  readonly isRemote?: true;
  readonly at: Location;
}

/** Parameters that a stage reads from one file. */
export interface ParamsDependency {
  /** As dvc.lock names it (default `params.yaml`). */
  readonly path: string;
  readonly file: string;
  /** Dotted keys; undefined tracks the whole file. */
  readonly keys: readonly string[] | undefined;
  readonly at: Location;
}

/** A file or folder that a stage makes. */
export interface Output {
  readonly path: string;
  readonly file: string;
  readonly kind: 'out' | 'metric' | 'plot';
  readonly cache: boolean;
  readonly persist: boolean;
  /** The remote that it is kept in, where that is not the default one. */
  readonly remote?: string;
  /** False: it is never pushed. */
  readonly push?: boolean;
  readonly at: Location;
}

/** One stage of a dvc.yaml, resolved: no template is left in it. A `.dvc` file (from `dvc add`) is one without `cmd`. */
export interface Stage {
  /** As `dvc status` prints it: `train`, `sub/dvc.yaml:train`, `data.csv.dvc`. Unique in a project. */
  readonly address: string;
  /** Key in its dvc.lock: `train`, `train@1`. For a `.dvc` file, its address. */
  readonly name: string;
  /** Absolute path of the dvc.yaml or `.dvc` file. */
  readonly dvcfile: string;
  /** Absolute working directory of the command. */
  readonly wdir: string;
  readonly cmd: string | readonly string[] | undefined;
  readonly deps: readonly Dependency[];
  readonly params: readonly ParamsDependency[];
  readonly outs: readonly Output[];
  readonly frozen: boolean;
  readonly alwaysChanged: boolean;
  /**
   * A `.dvc` file whose data came from elsewhere: a URL or path (`dvc import-url`), or another repository (`dvc import`), whose data
   * are not kept in this project's remotes.
   */
  readonly imports?: 'url' | 'repository';
  readonly desc: string | undefined;
  /** As written; `meta.reprise` holds our settings. */
  readonly meta: unknown;
  readonly at: Location;
  /** Where a value inside this stage stands: `locate(['meta', 'reprise', 'retries'])`. Falls back to the nearest parent. */
  locate(path: readonly (string | number)[]): Location;
}

export interface Pipeline {
  readonly project: Project;
  /** Every stage in the project, in the order that dvc collects them. */
  readonly stages: readonly Stage[];
  /** Address → addresses of the stages whose outs it reads (frozen stages have none). */
  readonly upstream: ReadonlyMap<string, readonly string[]>;
}

/** What of a pipeline a `repro` is to look at; the flags are dvc's. */
export interface Selection {
  /** Stage names, addresses, `.dvc` files, dvc.yaml files, or outs' paths; relative to `cwd`. Empty: the dvc.yaml in `cwd`, else all. */
  readonly targets: readonly string[];
  readonly cwd?: string;
  readonly singleItem?: boolean;
  readonly downstream?: boolean;
  readonly pipeline?: boolean;
  readonly allPipelines?: boolean;
  readonly recursive?: boolean;
  readonly glob?: boolean;
}

/** A dep or out as dvc.lock states it. `hash` is absent in legacy (2.x) entries. */
export interface LockedFile {
  readonly path: string;
  readonly hash?: 'md5';
  readonly md5?: Md5;
  readonly size?: number;
  readonly nfiles?: number;
  readonly isexec?: boolean;
}

/** What a `.dvc` file keeps of where its data came from: a hash or ETag, or the commit. In DVC's order of keys. */
export type ImportState = Readonly<Record<string, string | number>>;

/** One stage in dvc.lock. That of a `.dvc` file has an empty `cmd`. */
export interface LockEntry {
  /** Of a `.dvc` file that imports: what its source was. Never in a dvc.lock. */
  readonly imported?: ImportState;
  readonly cmd: string | readonly string[];
  readonly deps?: readonly LockedFile[];
  readonly params?: Readonly<Record<string, Readonly<Record<string, ParamValue>>>>;
  readonly outs?: readonly LockedFile[];
}

/**
 * A value read from a params file. Python tells 1 from 1.0, and so do dvc.lock's bytes: a float is boxed, an integer
 * is a number (a bigint beyond 2^53).
 */
export type ParamValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PythonFloat
  | readonly ParamValue[]
  | { readonly [key: string]: ParamValue }
  | ReadonlyMap<ParamKey, ParamValue>;

/**
 * A key of a mapping. JavaScript objects know strings only, and move `'10'` before `'b'`: a mapping that has a key of another
 * type, or one that looks like an integer, is a Map.
 */
export type ParamKey = null | boolean | number | bigint | string | PythonFloat;

export class PythonFloat {
  constructor(readonly value: number) {}
}

/** Why a stage would run. `dvc status` says the same in other words. */
export interface StageChange {
  readonly kind: 'cmd' | 'dep' | 'param' | 'out' | 'always-changed' | 'no-lock' | 'no-deps';
  readonly path?: string;
  readonly reason: 'modified' | 'deleted' | 'new' | 'not-in-cache' | 'changed';
}
