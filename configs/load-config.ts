import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import {
  DiagnosticError,
  parseWith,
  readYaml,
  type Locator,
  type YamlDocument,
} from '../diagnostics/index.js';
import { baseConfigSchema, type BaseConfig } from './base-config.js';
import { dataConfigSchema, type DataConfig } from './data-config.js';
import { evaluationConfigSchema, type EvaluationConfig } from './evaluation-config.js';
import { isMapping, overlay, overlayLocator } from './overlay.js';
import { projectLayout } from './project-layout.js';

/**
 * Reads a preset file overlaid by a section of params.yaml (or either alone) into a typed value.
 *
 * Nothing has a default in code: what a stage reads is written in a file that DVC tracks, so that a newer version of
 * this package cannot change a result behind DVC's back.
 *
 * @param root the project's folder; `preset` is relative to it
 * @throws DiagnosticError `file-missing`, `yaml-syntax`, `params-section-missing`, or `code` with the place of what is wrong
 */
export function loadConfig<T extends z.ZodType>(options: {
  readonly root: string;
  readonly schema: T;
  readonly code: string;
  readonly preset?: string;
  readonly section?: string;
}): z.output<T> {
  const { root, schema, code, preset, section } = options;
  const presetFile = preset === undefined ? undefined : readYaml(join(root, preset), preset);
  if (section === undefined) {
    if (!presetFile) throw new TypeError('a preset or a section is needed');
    return parseWith(schema, presetFile.toJS() ?? {}, code, presetFile);
  }
  const params = readYaml(join(root, projectLayout.params), projectLayout.params);
  const sectionValue = sectionOf(params, section, presetFile !== undefined);
  if (!presetFile) return parseWith(schema, sectionValue, code, params, [section]);
  const value = overlay(presetFile.toJS() ?? {}, sectionValue);
  const locator: Locator = overlayLocator(presetFile, params, section, sectionValue);
  return parseWith(schema, value, code, locator);
}

/** An optional section that is absent or empty overlays nothing. */
function sectionOf(params: YamlDocument, section: string, optional: boolean): unknown {
  const whole = params.toJS();
  const value = isMapping(whole) ? whole[section] : undefined;
  if (value !== undefined && value !== null) return value;
  if (optional) return undefined;
  throw new DiagnosticError('params-section-missing', {
    message: `${params.file} has no section ${section}`,
    at: { file: params.file },
    fix: `add a mapping named ${section}; the template's params.yaml shows one`,
  });
}

export function loadBaseConfig(root: string): BaseConfig {
  return loadConfig({ root, schema: baseConfigSchema, code: 'bad-config', preset: projectLayout.baseConfig });
}

/** Of a DVC project that need not be laid out by `reprise init`. @returns undefined where it has no such file */
export function findBaseConfig(root: string): BaseConfig | undefined {
  return existsSync(join(root, projectLayout.baseConfig)) ? loadBaseConfig(root) : undefined;
}

export function loadDataConfig(root: string): DataConfig {
  return loadConfig({
    root,
    schema: dataConfigSchema,
    code: 'bad-config',
    preset: projectLayout.dataConfig,
    section: 'data_config',
  });
}

export function loadEvaluationConfig(root: string): EvaluationConfig {
  return loadConfig({ root, schema: evaluationConfigSchema, code: 'bad-params', section: 'evaluation' });
}
