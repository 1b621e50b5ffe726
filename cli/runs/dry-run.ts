import type { Renderer } from '../display/index.js';
import { findChanges } from './changes.js';
import { openLocalProject } from './local-project.js';
import { selectionOf, type ReproOptions } from './repro-options.js';

/** `reprise repro --dry`: what would run and why, by the files alone; no server is needed. */
export async function dryRun(
  options: Pick<ReproOptions, 'cwd' | 'input'> & { renderer: Renderer },
): Promise<void> {
  const { force, allowMissing, pull } = options.input;
  const local = await openLocalProject(options.cwd, selectionOf(options), { dataIsHere: !allowMissing });
  // What would be pulled would not be run.
  const changes = await findChanges(local, { force, allowMissing: allowMissing === true || pull === true });
  options.renderer.show({
    event: 'dry-run',
    stages: changes.map(({ stage, reasons }) => ({
      address: stage.address,
      action: reasons.length > 0 ? 'run' : 'skip',
      reasons,
      ...(stage.cmd === undefined ? {} : { cmd: stage.cmd }),
    })),
  });
}
