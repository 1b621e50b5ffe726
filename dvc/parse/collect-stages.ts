import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { dvcIgnore, gitIgnore } from '../project/index.js';
import type { Project, Stage } from '../types.js';
import { readDataFile } from './stages/data-file.js';
import { readPipelineFile } from './stages/pipeline-file.js';

/** Ours: checkpoints and the embedded server's state. Copies of pipelines may lie in it. */
const OWN_FOLDER = '.reprise';

/**
 * Every stage of a project, in the order in which DVC finds them: folder by folder from the root, in the order of the file
 * system. Folders that are outs, or that git or DVC ignore, are not looked into.
 *
 * @throws DiagnosticError
 */
export async function collectStages(project: Project): Promise<Stage[]> {
  const { root } = project;
  const ignore = dvcIgnore(root);
  const outsIgnore = dvcIgnore(root, { intoOtherProjects: true });
  const git = project.config.noScm ? undefined : gitIgnore(root);
  const isLeftOut = (path: string, isFolder: boolean) =>
    ignore.isIgnored(path, isFolder) || (git?.isIgnored(path, isFolder) ?? false);
  const outs = new Set<string>();
  const stages: Stage[] = [];

  const visit = async (folder: string): Promise<void> => {
    const folders: string[] = [];
    const files: string[] = [];
    // opendir keeps the file system's order, which is DVC's; readdir would sort.
    for await (const entry of await opendir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.name.endsWith('.dvc') || entry.name === 'dvc.yaml') files.push(path);
    }
    for (const path of files) {
      if (isLeftOut(path, false)) continue;
      const found = path.endsWith('.dvc')
        ? [readDataFile(project, path)]
        : readPipelineFile(project, path, outsIgnore);
      stages.push(...found);
      for (const stage of found) for (const out of stage.outs) outs.add(out.file);
    }
    for (const path of folders)
      if (!outs.has(path) && !isLeftOut(path, true) && path !== join(root, OWN_FOLDER)) await visit(path);
  };

  await visit(root);
  return stages;
}
