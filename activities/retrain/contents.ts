import { Context } from '@temporalio/activity';
import {
  checkoutObject,
  hasObject,
  hasRemoteObject,
  hashPath,
  loadPipeline,
  outputsAt,
  pushObjects,
  type Md5,
  type Remote,
} from '../../dvc/index.js';
import {
  codeOf,
  gatherLineage,
  insideProject,
  knownPipeline,
  stageCandidate,
  stageContent,
  type CandidatePaths,
} from '../../promotion/index.js';
import { withoutCredentials } from '../../tracking/index.js';
import { bringObjects, fetchPaths, openRemoteIfAny } from '../../workspaces/index.js';
import type { Candidate, ContentReference, GitWorkspace, Lineage } from '../../workflows/index.js';
import { absentState } from '../absent-state.js';
import type { RetrainedProject } from './open-project.js';

/** The remote of a checkout; what is worked in in place needs none. */
export async function remoteOf({ workspace, ...project }: RetrainedProject): Promise<Remote | undefined> {
  return workspace.kind === 'git' ? await openRemoteIfAny(project, workspace.remote) : undefined;
}

/**
 * What the stages made that is to be judged, kept where it can be had later: in the cache and, of a checkout, in the remote. An
 * out is known by dvc.lock, and is not fetched for that.
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
  const pipeline = await loadPipeline(project);
  const { entryOf, remote, files } = await absentState(pipeline, workspace);
  const kept = async (setting: keyof CandidatePaths): Promise<ContentReference> => {
    const path = paths[setting];
    const file = await insideProject(project.root, path);
    const made = outputsAt(file, pipeline.stages, entryOf).find(({ out }) => out.file === file);
    if (made?.locked.hash === 'md5') {
      const { md5, size, nfiles, isexec } = made.locked;
      await keep(project, remote, md5);
      return {
        path,
        md5,
        ...(size === undefined ? {} : { size }),
        ...(nfiles === undefined ? {} : { nfiles }),
        ...(isexec ? { isexec } : {}),
      };
    }
    const signal = Context.current().cancellationSignal;
    await fetchPaths({ project, pipeline, paths: [file], entryOf, isMade: () => false, remote, signal });
    const content = await stageContent(project, path, setting);
    await keep(project, remote, content.md5 as Md5);
    return content;
  };
  const model = await kept('model');
  const predictions = await kept('predictions');
  return {
    model,
    predictions,
    lineage: await gatherLineage({ pipeline, entryOf, files }, model, codeIn(workspace)),
  };
}

function codeIn({ commit, branch, url }: GitWorkspace): Lineage['code'] {
  const code = { commit, repository: withoutCredentials(url), changed: false };
  return branch === undefined ? code : { ...code, branch };
}

/** Puts into the remote what it does not have. @throws DiagnosticError of the remote */
export async function keep(project: RetrainedProject, remote: Remote | undefined, md5: Md5): Promise<void> {
  if (!remote || (await hasRemoteObject(remote, md5))) return;
  const request = { project, remote, hashes: [md5] };
  if (!(await hasObject(project.config, md5))) return await bringObjects(request);
  const { failed } = await pushObjects(request);
  if (failed[0]) throw failed[0].error;
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
