import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { select, type Pipeline, type Stage } from '../../dvc/index.js';
import { git, splitNul } from './git.js';
import type { Frozen } from './freeze.js';
import { openRepository } from './repository.js';
import type { SweepFolder } from './sweep-folder.js';

/**
 * A trial has what git tracks, and what DVC brings from its cache. Whatever else the stages read must be told to git first.
 *
 * @param targets of the sweep's pipelines
 * @throws DiagnosticError `sweep-untracked`
 */
export async function checkTracked(
  pipeline: Pipeline,
  folder: string,
  targets: readonly string[],
  sweep: SweepFolder,
  { snapshot }: Frozen,
): Promise<readonly Stage[]> {
  const { root } = pipeline.project;
  const { top } = await openRepository(root);
  const listed = await git(['ls-tree', '-r', '-z', '--name-only', snapshot], { cwd: sweep.base });
  const tracked = new Set(splitNul(listed));
  for (const path of [...tracked]) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
      tracked.add(path.slice(0, at));
  }
  const outs = pipeline.stages.flatMap((stage) => stage.outs.map((out) => out.file));
  const stages = select(pipeline, { targets, cwd: join(root, folder) });
  const settings = join(root, '.reprise', 'config.yaml');
  const needed = [
    join(root, '.dvc', 'config'),
    ...(existsSync(settings) ? [settings] : []),
    ...stages.flatMap((stage) => [
      stage.dvcfile,
      ...stage.params.map((params) => params.file),
      ...stage.deps.map((dep) => dep.file),
    ]),
  ];
  const missing = new Set(
    needed
      .filter(
        (file) =>
          !outs.some((out) => file === out || file.startsWith(`${out}/`) || out.startsWith(`${file}/`)),
      )
      .map((file) => relative(top, file))
      .filter((path) => !path.startsWith('..') && path !== '' && !tracked.has(path)),
  );
  if (missing.size === 0) return stages;
  const paths = [...missing].map((path) => relative(root, join(top, path)));
  throw new DiagnosticError('sweep-untracked', {
    message: `a trial runs in a copy of what git tracks, and the pipeline needs what it does not track: ${paths.slice(0, 10).join(', ')}`,
    at: { file: paths[0] as string },
    fix: `git add ${paths.slice(0, 10).join(' ')} (it need not be committed), or \`dvc add\` it when it is data`,
  });
}
