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

/** Finds a merged value in the file that it came from: in the overlay if it is written there, else in the preset. */
export function overlayLocator(
  preset: YamlDocument,
  params: YamlDocument,
  section: string,
  sectionValue: unknown,
): Locator {
  const presetValue = preset.toJS();
  return {
    locate(path: YamlPath): Location {
      const inParams = depthOf(sectionValue, path);
      return inParams > 0 && inParams >= depthOf(presetValue, path)
        ? params.locate([section, ...path])
        : preset.locate(path);
    },
  };
}
