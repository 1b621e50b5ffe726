import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DiagnosticError, parseWith, readYaml, type Locator } from '../diagnostics/index.js';
import { finetuningConfigSchema, type FinetuningConfig } from './finetuning-config.js';
import { loadBaseConfig } from './load-config.js';
import { isMapping, overlay, overlayLocator } from './overlay.js';
import { projectLayout } from './project-layout.js';

const SECTION = 'finetuning';
const FOLDER = 'configs/finetuning';
const SUFFIX = '.yaml';

export interface FinetuningFiles {
  /** In place of params.yaml, relative to the project. */
  readonly params?: string;
  /** In place of the preset that `finetuning.preset` names, relative to the project. */
  readonly preset?: string;
}

/**
 * `configs/finetuning/<preset>.yaml`, where `finetuning.preset` in params.yaml names the preset (dvc.yaml builds
 * the dependency's path from the same key), under the rest of that section; the seed is base_config.yaml's unless set.
 *
 * @throws DiagnosticError `file-missing`, `yaml-syntax`, `unknown-preset`, `bad-config` with file, line and column
 */
export function loadFinetuningConfig(root: string, files: FinetuningFiles = {}): FinetuningConfig {
  return readFinetuningConfig(root, files).config;
}

/**
 * The same, with what finds a setting's place, for who sees only later that it is wrong, and the preset's name: that of its file,
 * without `.yaml`.
 */
export function readFinetuningConfig(
  root: string,
  files: FinetuningFiles = {},
): { readonly config: FinetuningConfig; readonly places: Locator; readonly preset: string } {
  const paramsPath = files.params ?? projectLayout.params;
  const params = readYaml(join(root, paramsPath), paramsPath);
  const whole = params.toJS();
  const sectionValue = isMapping(whole) ? whole[SECTION] : undefined;
  const preset = isMapping(sectionValue) ? sectionValue.preset : undefined;
  const known = presets(root);
  const named = known.includes(preset as string) ? `${FOLDER}/${preset as string}${SUFFIX}` : undefined;
  const path = files.preset ?? named;
  if (path === undefined)
    throw new DiagnosticError('unknown-preset', {
      message: preset === undefined ? 'finetuning.preset is not set' : 'finetuning.preset names no preset',
      at: params.locate([SECTION, 'preset']),
      expected: `one of ${known.join(', ') || `the files ${FOLDER}/*${SUFFIX}, of which there are none`}`,
      found: preset === undefined ? 'nothing' : JSON.stringify(preset),
      fix: `set finetuning.preset to the name of a file in ${FOLDER}, without ${SUFFIX}`,
    });
  const { preset: _preset, ...settings } = isMapping(sectionValue) ? sectionValue : {};
  const presetFile = readYaml(join(root, path), path);
  const value = overlay(overlay({ seed: loadBaseConfig(root).seed }, presetFile.toJS() ?? {}), settings);
  const places = overlayLocator(presetFile, params, SECTION, settings);
  const config = parseWith(finetuningConfigSchema, value, 'bad-config', places);
  return { config, places, preset: basename(path, SUFFIX) };
}

function presets(root: string): string[] {
  const folder = join(root, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length))
    .sort();
}
