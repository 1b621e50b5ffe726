import {
  hasObject,
  hasRemoteObject,
  loadPipeline,
  outputsAt,
  pushObjects,
  type Md5,
  type Project,
  type Remote,
} from '../../dvc/index.js';
import {
  insideProject,
  stageContent,
  type CandidatePaths,
  type KnownPipeline,
} from '../../promotion/index.js';
import { bringObjects, fetchPaths } from '../../workspaces/index.js';
import type { ContentReference, GitWorkspace } from '../../workflows/index.js';
import { absentState } from '../absent-state.js';

/** What a checkout's stages have made, whose data is in the remote. */
export interface CheckoutContents extends KnownPipeline {
  readonly remote: Remote | undefined;
  /**
   * Kept where it can be had later: in the remote. An out is known by dvc.lock, and is not fetched for that.
   *
   * @throws DiagnosticError `no-candidate`, `object-missing`, and others of the remote
   */
  contentOf(path: string, setting: keyof CandidatePaths): Promise<ContentReference>;
  /**
   * Puts into the remote what only this host's cache has.
   *
   * @throws DiagnosticError `object-missing` when neither has it, and others of the remote
   */
  keep(md5: string): Promise<void>;
  /** Whether a file or folder is an out that dvc.lock knows, or lies in one. @param file absolute */
  hasOut(file: string): boolean;
}

/** @throws DiagnosticError of `loadPipeline`, of dvc.lock and of the remote */
export async function checkoutContents(
  project: Project,
  workspace: GitWorkspace,
  signal?: AbortSignal,
): Promise<CheckoutContents> {
  const pipeline = await loadPipeline(project);
  const { entryOf, remote, files } = await absentState(pipeline, workspace);
  return {
    ...{ pipeline, entryOf, files, remote },
    keep: (md5) => keep(project, remote, md5 as Md5),
    hasOut: (file) => outputsAt(file, pipeline.stages, entryOf).length > 0,
    async contentOf(path, setting) {
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
      const bring = { project, pipeline, paths: [file], entryOf, isMade: () => false, remote };
      await fetchPaths({ ...bring, ...(signal ? { signal } : {}) });
      const content = await stageContent(project, path, setting);
      await keep(project, remote, content.md5 as Md5);
      return content;
    },
  };
}

/** Puts into the remote what it does not have. @throws DiagnosticError of the remote */
export async function keep(project: Project, remote: Remote | undefined, md5: Md5): Promise<void> {
  if (!remote || (await hasRemoteObject(remote, md5))) return;
  const request = { project, remote, hashes: [md5] };
  if (!(await hasObject(project.config, md5))) return await bringObjects(request);
  const { failed } = await pushObjects(request);
  if (failed[0]) throw failed[0].error;
}
