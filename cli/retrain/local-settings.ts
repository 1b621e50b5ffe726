import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { projectSection } from '../../runner/index.js';
import { PROMOTION_DEFAULTS, retrainSection, type PromotionSettings } from '../../workflows/index.js';

/**
 * How candidates are judged here: as the nearest project says, or by default.
 *
 * @throws DiagnosticError `bad-setting`
 */
export function localSettings(cwd: string): PromotionSettings {
  let root = resolve(cwd);
  while (!existsSync(join(root, '.dvc')) && root !== dirname(root)) root = dirname(root);
  const own = projectSection(root, 'retrain', retrainSection.prefault({}));
  const said = Object.entries(own).filter(
    ([name, value]) => name in PROMOTION_DEFAULTS && value !== undefined,
  );
  return { ...PROMOTION_DEFAULTS, ...Object.fromEntries(said) };
}
