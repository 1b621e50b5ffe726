import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseWith, readYaml, type Locator, type YamlDocument } from '../../diagnostics/index.js';
import { stageSettings, type StageSettings } from './stage-settings.js';

/** `.reprise/config.yaml`. */
export const projectSettings = z.strictObject({
  /** Settings for stages whose `meta.reprise` does not set them. */
  stages: stageSettings.default({}),
  /** This project's share of a queue that it has in common with others; theirs is 1 unless they set it. */
  fairnessWeight: z.number().min(0.001).max(1000).optional(),
  // The sections below are read by those who know them: {@link projectSection}.
  /** How models are retrained and promoted. */
  retrain: z.unknown().optional(),
  /** Whom to tell: a list of channels. */
  notifications: z.unknown().optional(),
  /** How the registered model is named and described; see docs/registry.md. */
  registry: z.unknown().optional(),
});

type Section = 'retrain' | 'notifications' | 'registry';

/**
 * One section of `.reprise/config.yaml`. Absent sections are parsed as undefined.
 *
 * @throws DiagnosticError `bad-setting`, `yaml-syntax`
 */
export function projectSection<T extends z.ZodType>(root: string, name: Section, schema: T): z.output<T> {
  const read = readSettings(root);
  return parseWith(schema, read?.settings[name] ?? undefined, 'bad-setting', read?.yaml ?? NOWHERE, [name]);
}

/**
 * `.reprise/config.yaml`: defaults for every stage's `meta.reprise`. Absent means none.
 *
 * @throws DiagnosticError `bad-setting`, `yaml-syntax`
 */
export function projectDefaults(root: string): StageSettings {
  return readSettings(root)?.settings.stages ?? {};
}

/** @throws DiagnosticError as {@link projectDefaults} */
export function fairnessWeight(root: string): number | undefined {
  return readSettings(root)?.settings.fairnessWeight;
}

const SHOWN = join('.reprise', 'config.yaml');
const NOWHERE: Locator = { locate: () => ({ file: SHOWN }) };

function readSettings(
  root: string,
): { yaml: YamlDocument; settings: z.output<typeof projectSettings> } | undefined {
  const file = join(root, SHOWN);
  if (!existsSync(file)) return undefined;
  const yaml = readYaml(file, SHOWN);
  return { yaml, settings: parseWith(projectSettings, yaml.toJS() ?? {}, 'bad-setting', yaml) };
}
