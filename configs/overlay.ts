import type { Location, Locator, YamlDocument, YamlPath } from '../diagnostics/index.js';

type Mapping = Record<string, unknown>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Mappings are merged key by key; anything else in `over` takes the place of what is in `under`. */
export function overlay(under: unknown, over: unknown): unknown {
  if (over === undefined) return under;
  if (!isMapping(under) || !isMapping(over)) return over;
  const merged = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) merged.set(key, overlay(merged.get(key), value));
  return Object.fromEntries(merged);
}

function depthOf(value: unknown, path: YamlPath): number {
  let at = value;
  let depth = 0;
  for (const step of path) {
    const next =
      isMapping(at) && Object.hasOwn(at, step) ? at[step] : Array.isArray(at) ? at[Number(step)] : undefined;
    if (next === undefined) break;
    at = next;
    depth++;
  }
  return depth;
}

/** Values, and where they are written. */
export interface Layer {
  readonly value: unknown;
  readonly locate: (path: YamlPath) => Location;
}

/** Finds a merged value in the layer that it came from: the topmost that has as much of its path as any. */
export function layersLocator(bottom: Layer, over: readonly Layer[]): Locator {
  return {
    locate(path: YamlPath): Location {
      let [found, depth] = [bottom, depthOf(bottom.value, path)];
      for (const layer of over) {
        const inLayer = depthOf(layer.value, path);
        if (inLayer > 0 && inLayer >= depth) [found, depth] = [layer, inLayer];
      }
      return found.locate(path);
    },
  };
}

/** The same, of a preset under a section of params.yaml. */
export function overlayLocator(
  preset: YamlDocument,
  params: YamlDocument,
  section: string,
  sectionValue: unknown,
): Locator {
  return layersLocator({ value: preset.toJS(), locate: (path) => preset.locate(path) }, [
    { value: sectionValue, locate: (path) => params.locate([section, ...path]) },
  ]);
}
