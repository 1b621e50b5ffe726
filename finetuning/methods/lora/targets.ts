import type { LayerKind } from '../../models/layers/layer.js';
import { checkNames, endsWithPart, isInside, modulePaths, refuseNames } from '../modules-to-save.js';
import { pythonFullmatch } from './python-regex.js';
import { ALL_LINEAR, type LoraModel, type LoraSettings } from './settings.js';

/** A layer that gets an update of low rank. */
export interface LoraTarget {
  readonly path: string;
  readonly kind: LayerKind;
  /** Of the layer's weight, as it is stored. */
  readonly shape: readonly number[];
  readonly rank: number;
  /** What B·A is multiplied by. */
  readonly scale: number;
}

/**
 * The layers that PEFT would choose, in the model's order. Nothing in a module that trains in full is among them.
 *
 * @throws DiagnosticError `bad-target-modules`
 */
export function chooseTargets(model: LoraModel, settings: LoraSettings): LoraTarget[] {
  const open = [...model.layers].filter(([path]) => !isInside(`${path}.weight`, settings.saved));
  const chosen = new Set(
    choosePaths(
      model,
      settings.targets,
      open.map(([path]) => path),
    ),
  );
  return open
    .filter(([path]) => chosen.has(path))
    .map(([path, kind]) => {
      const rank = forPath(path, settings.rankPattern, 'rank_pattern') ?? settings.rank;
      const alpha = forPath(path, settings.alphaPattern, 'alpha_pattern') ?? settings.alpha;
      const scale = alpha / (settings.rankStabilized ? Math.sqrt(rank) : rank);
      return { path, kind, shape: model.shapes.get(`${path}.weight`) as readonly number[], rank, scale };
    });
}

function choosePaths(model: LoraModel, targets: LoraSettings['targets'], open: readonly string[]): string[] {
  const key = 'target_modules';
  if (typeof targets !== 'string') {
    checkNames(key, targets, open);
    return open.filter((path) => targets.some((part) => endsWithPart(path, part)));
  }
  if (targets.toLowerCase() === ALL_LINEAR) return open.filter((path) => isPlainLinear(model, path));
  const expression = pythonFullmatch(targets, key);
  const matched = open.filter((path) => expression.test(path));
  if (matched.length === 0)
    refuseNames(key, 'no layer’s whole name matches the regular expression', targets, open);
  // PEFT does not take such an adapter: what it matches it has to be able to replace.
  const other = modulePaths(model.shapes).find((path) => expression.test(path) && !model.layers.has(path));
  if (other !== undefined)
    refuseNames(key, `the regular expression matches ${other} too, which is no linear layer or convolution`, targets, open); // prettier-ignore
  return matched;
}

/** PEFT leaves out the output layer of a language model, and the head of a classifier of texts; not one of images. */
function isPlainLinear({ layers, names, task }: LoraModel, path: string): boolean {
  const isOutput = task !== 'image-classification' && names.isHead(`${path}.weight`);
  return layers.get(path) !== 'conv2d' && !isOutput;
}

/** The value of the first pattern that the path ends with, at a dot. */
function forPath(
  path: string,
  patterns: Readonly<Record<string, number>> = {},
  key: string,
): number | undefined {
  return Object.entries(patterns).find(([end]) => hasPattern(path, end, key))?.[1];
}

/** Does the path end with the pattern, at a dot? */
export function hasPattern(path: string, pattern: string, key: string): boolean {
  return pythonFullmatch(`(.*\\.)?(${pattern})`, key).test(path);
}
