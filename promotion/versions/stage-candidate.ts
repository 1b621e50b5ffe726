import { addToCache, hashPath, type Project } from '../../dvc/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { Candidate, ContentReference, PromotionSettings } from '../../workflows/index.js';
import { insideProject } from './paths.js';

export type CandidatePaths = Pick<PromotionSettings, 'model' | 'predictions'>;

/**
 * Puts the candidate's model and predictions into the cache: what is judged now is what will be promoted, also when a person
 * takes days to agree and the workspace has been trained in since.
 *
 * @throws DiagnosticError `no-candidate`, `disk-full`, `path-outside`
 */
export async function stageCandidate(
  project: Project,
  { model, predictions }: CandidatePaths,
): Promise<Candidate> {
  return {
    model: await stageContent(project, model, 'model'),
    predictions: await stageContent(project, predictions, 'predictions'),
  };
}

/**
 * Puts one part of a candidate into the cache.
 *
 * @throws DiagnosticError as {@link stageCandidate}
 */
export async function stageContent(
  project: Project,
  path: string,
  setting: keyof CandidatePaths,
): Promise<ContentReference> {
  const hashed = await hashPath(project, await insideProject(project.root, path));
  if (!hashed || (hashed.kind === 'folder' && hashed.nfiles === 0)) {
    throw new DiagnosticError('no-candidate', {
      message: `${path} is ${hashed ? 'empty' : 'not there'}: it was to hold the candidate's ${setting}`,
      at: { file: path },
      fix: `let a stage make it (reprise repro), or say where it is: retrain.${setting} in .reprise/config.yaml`,
    });
  }
  await addToCache(project.config, hashed);
  const { md5, size } = hashed;
  if (hashed.kind === 'folder') return { path, md5, size, nfiles: hashed.nfiles };
  return { path, md5, size, ...(hashed.isexec ? { isexec: true } : {}) };
}
