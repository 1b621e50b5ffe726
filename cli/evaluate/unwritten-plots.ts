import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectLayout } from '../../configs/index.js';
import { readYaml } from '../../diagnostics/index.js';

const FILE = 'dvc.yaml';

/**
 * A line on plots that dvc.yaml names, and that a model of this kind does not have: `dvc plots show` would miss them. So it is where
 * `problem_type` was changed, and the plots were not.
 */
export function unwrittenPlots(root: string): string | undefined {
  if (!existsSync(join(root, FILE))) return undefined;
  const { plots } = (readYaml(join(root, FILE), FILE).toJS() ?? {}) as { readonly plots?: unknown };
  const named = Array.isArray(plots) ? plots.flatMap(filesOf) : [];
  const missing = [...new Set(named)].filter(
    (path) => path.startsWith(`${projectLayout.plots}/`) && !existsSync(join(root, path)),
  );
  if (missing.length === 0) return undefined;
  return `${FILE} names plots that this model does not have: ${missing.join(', ')}. Which plots each kind of model has is in docs/evaluation.md`;
}

/** A plot is a path; or a path with its settings; or a name with settings whose axes say which file has which field. */
function filesOf(plot: unknown): string[] {
  if (typeof plot === 'string') return [plot];
  if (typeof plot !== 'object' || plot === null) return [];
  return Object.entries(plot).flatMap(([name, settings]: [string, unknown]) => {
    const { x, y } = (settings ?? {}) as { readonly x?: unknown; readonly y?: unknown };
    const files = [x, y].flatMap((axis) =>
      typeof axis === 'object' && axis !== null && !Array.isArray(axis) ? Object.keys(axis) : [],
    );
    return files.length > 0 ? files : [name];
  });
}
