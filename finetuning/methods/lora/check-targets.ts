import { refuseNames } from '../modules-to-save.js';
import type { LoraModel, LoraSettings } from './settings.js';
import { chooseTargets, hasPattern } from './targets.js';

/**
 * Refuses configured settings of targets that there are none of; PEFT passes over them, and so do we in an adapter's file.
 *
 * @throws DiagnosticError `bad-target-modules`
 */
export function checkTargetSettings(model: LoraModel, settings: LoraSettings): void {
  const paths = chooseTargets(model, settings).map(({ path }) => path);
  const patterns = { rank_pattern: settings.rankPattern, alpha_pattern: settings.alphaPattern };
  for (const [key, ofLayers] of Object.entries(patterns))
    for (const pattern of Object.keys(ofLayers ?? {}))
      if (!paths.some((path) => hasPattern(path, pattern, key)))
        refuseNames(key, 'no layer that gets an update has such a name', pattern, paths);
  if (settings.bias === 'lora_only' && !paths.some((path) => model.shapes.has(`${path}.bias`)))
    refuseNames('bias', 'none of the layers that get an update has a bias', 'lora_only', paths);
}
