import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  ALIASES,
  codeOf,
  findVersion,
  gatherLineage,
  insideProject,
  knownPipeline,
  mayBeOf,
  nextVersion,
  recordFiles,
  register,
  stageContent,
  type CandidatePaths,
  type KnownPipeline,
  type Placement,
  type Registered,
  type VersionRecord,
} from '../../promotion/index.js';
import type { ContentReference, Lineage } from '../../workflows/index.js';
import { say } from '../retrain/say.js';
import type { ModelBranch } from './branch-registry.js';
import { openRegistry, prepareToTell, type OpenRegistry } from './open-registry.js';

export interface RegisterOptions {
  /** Relative to the project; default: the settings'. */
  readonly model?: string;
  readonly predictions?: string;
  readonly by: string;
  readonly reason: string;
}

/** Where the parts of a model are had from. */
interface Source {
  readonly known: KnownPipeline;
  readonly code: Lineage['code'];
  readonly placement: Placement;
  contentOf(path: string, setting: keyof CandidatePaths): Promise<ContentReference>;
  /** @param file absolute */
  has(file: string): boolean;
}

/** What a registration came to. */
interface Made {
  readonly version: number;
  /** Absent: it is in production, and nothing was changed. */
  readonly record?: VersionRecord;
  readonly isNew: boolean;
}

/**
 * `reprise model register`: what was trained becomes a version, and the candidate. A model that is a version already keeps its
 * number. Of a repository it is what the branch's dvc.lock says.
 *
 * @throws DiagnosticError `no-candidate`, those of `register`, and of `editRegistry`
 */
export async function registerModel(
  cwd: string,
  options: RegisterOptions,
  json: boolean,
  branch?: ModelBranch,
): Promise<void> {
  const [made, tell, place] = branch
    ? [...(await registerOnBranch(cwd, options, branch)), `pushed to ${branch.branch}`]
    : await registerHere(cwd, options);
  await tell();
  const { version, record, isNew } = made;
  if (!record) {
    say(json, { event: 'registered', version, alias: ALIASES.production, isNew: false }, [
      `it is v${version}, which is in production`,
    ]);
    return;
  }
  const { model, predictions } = record;
  const event = { event: 'registered', version, alias: ALIASES.candidate, isNew, model, predictions };
  say(json, event, [
    `v${version} is the candidate: ${model.path}; ${place}`,
    ...(predictions
      ? []
      : [
          'its answers on the test rows are not there, by which it is promoted: make them, and register it again',
        ]),
  ]);
}

type Done = readonly [made: Made, tell: () => Promise<void>];

async function registerHere(cwd: string, options: RegisterOptions): Promise<readonly [...Done, string]> {
  const open = await openRegistry(cwd);
  const { project, settings } = open;
  const known = await knownPipeline(project);
  const source: Source = {
    known,
    code: await codeOf(known.pipeline),
    placement: 'copies',
    contentOf: (path, setting) => stageContent(project, path, setting),
    has: existsSync,
  };
  const made = await registerFrom(open, source, options);
  return [made, await tellOf(open, made), `commit what is new in ${settings.final}`];
}

async function registerOnBranch(cwd: string, options: RegisterOptions, branch: ModelBranch): Promise<Done> {
  const { editRegistry } = await import('./branch-registry.js');
  return await editRegistry<Done>(cwd, branch, async (open) => {
    const { project, settings, contents, code } = open;
    const made = await registerFrom(
      open,
      {
        ...{ known: contents, code, placement: 'records' },
        contentOf: (path, setting) => contents.contentOf(path, setting),
        // What dvc.lock has an out for need not be in the checkout.
        has: (file) => contents.hasOut(file) || existsSync(file),
      },
      options,
    );
    const { version, record } = made;
    return {
      result: [made, await tellOf(open, made)],
      files: record ? await recordFiles(project.root, settings.final, version) : [],
      message: `Register version ${version}\n\n${options.reason}\n\nBy: ${options.by}\n`,
    };
  });
}

async function tellOf(open: OpenRegistry, { record }: Made): Promise<() => Promise<void>> {
  if (!record) return () => Promise.resolve();
  return await prepareToTell(open, record, { set: [ALIASES.candidate], unset: [] });
}

async function registerFrom(open: OpenRegistry, source: Source, options: RegisterOptions): Promise<Made> {
  const { project, settings, registry, remote } = open;
  const { final } = settings;
  const model = await source.contentOf(options.model ?? settings.model, 'model');
  const lineage = await gatherLineage(source.known, model, source.code);
  const predictions = await answersOf(open, source, model, options.predictions);
  const candidate: Registered = { model, lineage, ...(predictions ? { predictions } : {}) };
  const same = await findVersion(project, final, candidate);
  if (same?.inProduction) return { version: same.version, isNew: false };
  const version = same?.version ?? (await nextVersion(project, final));
  const { by, reason } = options;
  const registered = { at: new Date().toISOString(), by, reason, run: `register-${randomUUID()}` };
  const registration = { final, version, candidate, registered, registry, remote };
  return { version, record: await register(project, registration, source.placement), isNew: !same };
}

/** Those that it may have given: not an earlier model's. */
async function answersOf(
  { project, settings }: OpenRegistry,
  source: Source,
  model: ContentReference,
  named: string | undefined,
): Promise<ContentReference | undefined> {
  const path = named ?? settings.predictions;
  const file = await insideProject(project.root, path);
  const at = { file: await insideProject(project.root, model.path), md5: model.md5 };
  if (named === undefined && !(source.has(file) && mayBeOf(source.known, file, at))) return undefined;
  return await source.contentOf(path, 'predictions');
}
