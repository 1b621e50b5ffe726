import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseWith, readYaml } from '../../diagnostics/index.js';
import { stageSettings, type StageSettings } from './stage-settings.js';

const projectSettings = z.strictObject({
  /** Settings for stages whose `meta.reprise` does not set them. */
  stages: stageSettings.default({}),
});

/**
 * `.reprise/config.yaml`: defaults for every stage's `meta.reprise`. Absent means none.
 *
 * @throws DiagnosticError `bad-setting`, `yaml-syntax`
 */
export function projectDefaults(root: string): StageSettings {
  const shown = join('.reprise', 'config.yaml');
  const file = join(root, shown);
  if (!existsSync(file)) return {};
  const yaml = readYaml(file, shown);
  return parseWith(projectSettings, yaml.toJS() ?? {}, 'bad-setting', yaml).stages;
}
