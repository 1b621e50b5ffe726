import type { Selection } from '../../dvc/status.js';
import type { ReproduceInput } from '../../workflows/index.js';
import type { ConnectionFlags } from '../connection/target.js';
import type { Renderer } from '../display/index.js';

export interface ReproOptions {
  readonly cwd: string;
  readonly input: Omit<NonNullable<ReproduceInput>, 'workspace' | 'carried' | 'continued'>;
  readonly connection: ConnectionFlags;
  /** Default: that of `reprise worker`. */
  readonly taskQueue?: string;
  /** The project's folder as the workers of a remote server see it. Default: as we do. */
  readonly workspace?: string;
  /** Wait for another run of this project. */
  readonly wait: boolean;
  /** The command as typed, for the UI. */
  readonly summary: string;
  readonly renderer: Renderer;
}

/** Which stages the command is about, in the words of `dvc/`. */
export function selectionOf({ input }: Pick<ReproOptions, 'input'>): Omit<Selection, 'cwd'> {
  const { targets = [], singleItem, downstream, pipeline, allPipelines, recursive, glob } = input;
  const flags = { singleItem, downstream, pipeline, allPipelines, recursive, glob };
  return { targets, ...Object.fromEntries(Object.entries(flags).filter(([, on]) => on)) };
}
