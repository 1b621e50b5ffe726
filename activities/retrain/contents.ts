import { Context } from '@temporalio/activity';
import { checkoutObject, hashPath, type Md5, type Remote } from '../../dvc/index.js';
import {
  codeOf,
  gatherLineage,
  insideProject,
  knownPipeline,
  stageCandidate,
  type CandidatePaths,
} from '../../promotion/index.js';
import { withoutCredentials } from '../../tracking/index.js';
import { bringObjects, openRemoteIfAny } from '../../workspaces/index.js';
import type { Candidate, ContentReference, GitWorkspace, Lineage } from '../../workflows/index.js';
import { checkoutContents } from './checkout-contents.js';
import type { RetrainedProject } from './open-project.js';

/** The remote of a checkout; what is worked in in place needs none. */
export async function remoteOf({ workspace, ...project }: RetrainedProject): Promise<Remote | undefined> {
  return workspace.kind === 'git' ? await openRemoteIfAny(project, workspace.remote) : undefined;
}

/**
 * What the stages made that is to be judged, kept where it can be had later: in the cache and, of a checkout, in the remote.
 *
 * @throws DiagnosticError of `stageCandidate`; `object-missing`, and others of the remote
 */
export async function stage(project: RetrainedProject, paths: CandidatePaths): Promise<Candidate> {
  const { workspace } = project;
  if (workspace.kind === 'path') {
    const candidate = await stageCandidate(project, paths);
    const known = await knownPipeline(project);
    const code = await codeOf(known.pipeline);
    return { ...candidate, lineage: await gatherLineage(known, candidate.model, code) };
  }
  const contents = await checkoutContents(project, workspace, Context.current().cancellationSignal);
  const model = await contents.contentOf(paths.model, 'model');
  const predictions = await contents.contentOf(paths.predictions, 'predictions');
  return { model, predictions, lineage: await gatherLineage(contents, model, codeIn(workspace)) };
}

/** What is trained and registered of a repository is what is committed there. */
export function codeIn({ commit, branch, url }: GitWorkspace): Lineage['code'] {
  const code = { commit, repository: withoutCredentials(url), changed: false };
  return branch === undefined ? code : { ...code, branch };
}

/**
 * Brings back from the cache, or of a checkout from the remote, what is not there or was changed.
 *
 * @returns its absolute path
 * @throws DiagnosticError `cache-missing`, `object-missing`, `path-outside`
 */
export async function restore(project: RetrainedProject, content: ContentReference): Promise<string> {
  const { path, md5, isexec } = content;
  const place = await insideProject(project.root, path);
  if ((await hashPath(project, place))?.md5 === md5) return place;
  const remote = await remoteOf(project);
  if (remote) await bringObjects({ project, remote, hashes: [md5 as Md5] });
  await checkoutObject(
    project,
    place,
    { path, hash: 'md5', md5: md5 as Md5, ...(isexec ? { isexec } : {}) },
    { file: path },
  );
  return place;
}
