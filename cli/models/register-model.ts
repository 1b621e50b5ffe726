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
  register,
  stageContent,
  type KnownPipeline,
  type Registered,
} from '../../promotion/index.js';
import type { ContentReference } from '../../workflows/index.js';
import { say } from '../retrain/say.js';
import { openRegistry, tellMlflow, type OpenRegistry } from './open-registry.js';

export interface RegisterOptions {
  /** Relative to the project; default: the settings'. */
  readonly model?: string;
  readonly predictions?: string;
  readonly by: string;
  readonly reason: string;
}

/**
 * `reprise model register`: what was trained becomes a version, and the candidate. A model that is a version already keeps its
 * number.
 *
 * @throws DiagnosticError `no-candidate`, those of `register`
 */
export async function registerModel(cwd: string, options: RegisterOptions, json: boolean): Promise<void> {
  const open = await openRegistry(cwd);
  const { project, settings, registry } = open;
  const { final } = settings;
  const model = await stageContent(project, options.model ?? settings.model, 'model');
  const known = await knownPipeline(project);
  const lineage = await gatherLineage(known, model, await codeOf(known.pipeline));
  const predictions = await answersOf(open, known, model, options.predictions);
  const candidate: Registered = { model, lineage, ...(predictions ? { predictions } : {}) };
  const same = await findVersion(project, final, candidate);
  if (same?.inProduction) {
    say(json, { event: 'registered', version: same.version, alias: ALIASES.production, isNew: false }, [
      `it is v${same.version}, which is in production`,
    ]);
    return;
  }
  const { by, reason } = options;
  const version = same?.version ?? (await nextVersion(project, final));
  const registered = { at: new Date().toISOString(), by, reason, run: `register-${randomUUID()}` };
  const record = await register(project, { final, version, candidate, registered, registry });
  await tellMlflow(open, record, { set: [ALIASES.candidate], unset: [] });
  say(
    json,
    {
      event: 'registered',
      version,
      alias: ALIASES.candidate,
      isNew: !same,
      model: record.model,
      predictions: record.predictions,
    },
    [
      `v${version} is the candidate: ${record.model.path}; commit what is new in ${final}`,
      ...(predictions
        ? []
        : [
            'its answers on the test rows are not there, by which it is promoted: make them, and register it again',
          ]),
    ],
  );
}

/** Those that it may have given: not an earlier model's. */
async function answersOf(
  { project, settings }: OpenRegistry,
  known: KnownPipeline,
  model: ContentReference,
  named: string | undefined,
): Promise<ContentReference | undefined> {
  const path = named ?? settings.predictions;
  const file = await insideProject(project.root, path);
  const at = { file: await insideProject(project.root, model.path), md5: model.md5 };
  if (named === undefined && !(existsSync(file) && mayBeOf(known, file, at))) return undefined;
  return await stageContent(project, path, 'predictions');
}
