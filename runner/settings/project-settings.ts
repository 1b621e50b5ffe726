import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseWith, readYaml } from '../../diagnostics/index.js';
import { stageSettings, type StageSettings } from './stage-settings.js';

const projectSettings = z.strictObject({
  /** Settings for stages whose `meta.reprise` does not set them. */
  stages: stageSettings.default({}),
  /** This project's share of a queue that it has in common with others; theirs is 1 unless they set it. */
  fairnessWeight: z.number().min(0.001).max(1000).optional(),
});

/**
 * `.reprise/config.yaml`: defaults for every stage's `meta.reprise`. Absent means none.
 *
 * @throws DiagnosticError `bad-setting`, `yaml-syntax`
 */
export function projectDefaults(root: string): StageSettings {
  return readSettings(root).stages;
}

/** @throws DiagnosticError as {@link projectDefaults} */
export function fairnessWeight(root: string): number | undefined {
  return readSettings(root).fairnessWeight;
}

function readSettings(root: string): z.output<typeof projectSettings> {
  const shown = join('.reprise', 'config.yaml');
  const file = join(root, shown);
  if (!existsSync(file)) return { stages: {} };
  const yaml = readYaml(file, shown);
  return parseWith(projectSettings, yaml.toJS() ?? {}, 'bad-setting', yaml);
}
