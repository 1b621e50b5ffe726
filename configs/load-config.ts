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
import { environmentLayers } from './environment.js';
import { isMapping, layersLocator, overlay, type Layer } from './overlay.js';
import { projectLayout } from './project-layout.js';

/** What was read, and what finds a setting's place, for who sees only later that it is wrong. */
export interface LoadedConfig<T> {
  readonly config: T;
  readonly places: Locator;
}

interface LoadOptions<T extends z.ZodType> {
  readonly root: string;
  readonly schema: T;
  readonly code: string;
  readonly preset?: string;
  readonly section?: string;
  /** Laid over both, the least first. */
  readonly over?: readonly Layer[];
}

/**
 * Reads a preset file overlaid by a section of params.yaml (or either alone) into a typed value.
 *
 * Nothing has a default in code: what a stage reads is written in a file that DVC tracks, so that a newer version of
 * this package cannot change a result behind DVC's back.
 *
 * @param root the project's folder; `preset` is relative to it
 * @throws DiagnosticError `file-missing`, `yaml-syntax`, `params-section-missing`, or `code` with the place of what is wrong
 */
export function loadConfig<T extends z.ZodType>(options: LoadOptions<T>): z.output<T> {
  return readConfig(options).config;
}

function readConfig<T extends z.ZodType>(options: LoadOptions<T>): LoadedConfig<z.output<T>> {
  const { root, schema, code, preset, section, over = [] } = options;
  const layers: Layer[] = [];
  if (preset !== undefined) {
    const file = readYaml(join(root, preset), preset);
    layers.push({ value: file.toJS() ?? {}, locate: (path) => file.locate(path) });
  }
  if (section !== undefined) {
    const params = readYaml(join(root, projectLayout.params), projectLayout.params);
    const value = sectionOf(params, section, preset !== undefined);
    layers.push({ value, locate: (path) => params.locate([section, ...path]) });
  }
  const [bottom, ...rest] = [...layers, ...over];
  if (bottom === undefined) throw new TypeError('a preset or a section is needed');
  const places = layersLocator(bottom, rest);
  const value = rest.reduce((under, layer) => overlay(under, layer.value), bottom.value);
  return { config: parseWith(schema, value, code, places), places };
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

/** @param env may lay something over it: see `environmentLayers` */
export function loadBaseConfig(root: string, env: NodeJS.ProcessEnv = process.env): BaseConfig {
  return loadConfig({
    root,
    schema: baseConfigSchema,
    code: 'bad-config',
    preset: projectLayout.baseConfig,
    over: environmentLayers(root, env),
  });
}

/** Of a DVC project that need not be laid out by `reprise init`. @returns undefined where it has no such file */
export function findBaseConfig(root: string): BaseConfig | undefined {
  return existsSync(join(root, projectLayout.baseConfig)) ? loadBaseConfig(root) : undefined;
}

export function loadDataConfig(root: string): DataConfig {
  return readDataConfig(root).config;
}

export function readDataConfig(root: string): LoadedConfig<DataConfig> {
  return readConfig({
    root,
    schema: dataConfigSchema,
    code: 'bad-config',
    preset: projectLayout.dataConfig,
    section: 'data_config',
  });
}

export function loadEvaluationConfig(root: string): EvaluationConfig {
  return readEvaluationConfig(root).config;
}

export function readEvaluationConfig(root: string): LoadedConfig<EvaluationConfig> {
  return readConfig({ root, schema: evaluationConfigSchema, code: 'bad-params', section: 'evaluation' });
}
