import type { z } from 'zod';
import { spaceMistake, spaceSize, type ParamSpace } from './search/space.js';

/** What of the input is looked at together. */
interface Parts {
  readonly params: Readonly<Record<string, ParamSpace>>;
  readonly method: 'grid' | 'random' | 'asha';
  readonly maxTrials: number;
  readonly applyBest: boolean;
  readonly workspace: { readonly kind: 'path' | 'git' };
  readonly asha?: { readonly resource: string; readonly min: number; readonly max: number } | undefined;
}

/** A grid that nobody meant to ask for. */
const MOST_IN_GRID = 1000;

/** Mistakes that no field has alone. */
export function checkSweep(parts: Parts, context: z.RefinementCtx): void {
  const { params, method, maxTrials, asha } = parts;
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  for (const [name, space] of Object.entries(params)) {
    const mistake = spaceMistake(space);
    if (mistake !== undefined) refuse(['params', name], mistake);
    else if (method === 'grid' && spaceSize(space) === Infinity)
      refuse(
        ['params', name],
        'a grid needs a list of values or an int; use the method random for an interval',
      );
  }
  const size = Object.values(params).reduce((product, space) => product * spaceSize(space), 1);
  if (method === 'grid' && maxTrials === 0 && Number.isFinite(size) && size > MOST_IN_GRID)
    refuse(
      ['params'],
      `the grid has ${size} points; set maxTrials, at most ${MOST_IN_GRID}, or list fewer values`,
    );
  if (parts.applyBest && parts.workspace.kind === 'git')
    refuse(['applyBest'], 'it changes a folder that a person works in; a git workspace has its experiments');
  if (method === 'asha' && !asha) refuse(['asha'], 'the method asha needs {"resource": param, "max": n}');
  if (method !== 'asha' && asha)
    refuse(['asha'], `only the method asha uses it, and the method is ${method}`);
  if (!asha) return;
  if (asha.min > asha.max) refuse(['asha', 'min'], `${asha.min} is greater than max, ${asha.max}`);
  if (asha.resource in params) refuse(['asha', 'resource'], `${asha.resource} is swept already under params`);
}
