import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DiagnosticError, readYaml, type Location, type YamlPath } from '../diagnostics/index.js';
import { isMapping, overlay, type Layer } from './overlay.js';
import { projectLayout } from './project-layout.js';

/** Which `configs/base_config.<name>.yaml` is laid over base_config.yaml. */
const ENVIRONMENT = 'REPRISE_ENV';
/** `REPRISE_CONFIG__TRACKING__ENABLED=false` is `tracking: {enabled: false}`. */
const PREFIX = 'REPRISE_CONFIG__';

/**
 * Keys of base_config.yaml that an environment may set. The others are named among stages' params: what is made follows
 * from them, and DVC, which reads the file alone, would take one environment's results for another's.
 */
const FREE_KEYS: readonly string[] = ['tracking'];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the environment lays over `configs/base_config.yaml`, the least first.
 *
 * @throws DiagnosticError `unknown-environment`, `not-of-environment`, `yaml-syntax`
 */
export function environmentLayers(root: string, env: Environment): Layer[] {
  const layers = [...fileLayer(root, env[ENVIRONMENT]), ...variableLayers(env)];
  for (const { value, locate } of layers)
    for (const key of Object.keys(isMapping(value) ? value : {}))
      if (!FREE_KEYS.includes(key)) throw notOfEnvironment(key, locate([key]));
  return layers;
}

function fileLayer(root: string, name: string | undefined): Layer[] {
  if (name === undefined || name === '') return [];
  const [stem, suffix] = [projectLayout.baseConfig.slice(0, -'yaml'.length), '.yaml'];
  const path = `${stem}${name}${suffix}`;
  if (!/^[\w-]+$/.test(name) || !existsSync(join(root, path))) throw unknownEnvironment(root, name);
  const file = readYaml(join(root, path), path);
  return [{ value: file.toJS() ?? {}, locate: (at) => file.locate(at) }];
}

function variableLayers(env: Environment): Layer[] {
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX))
    .sort()
    .map((name) => {
      const path = name.slice(PREFIX.length).toLowerCase().split('__');
      const value = path.reduceRight<unknown>((inside, key) => ({ [key]: inside }), scalar(env[name] ?? ''));
      const at: Location = { file: `the environment variable ${name}` };
      return { value: overlay({}, value), locate: (_path: YamlPath) => at };
    });
}

/** As YAML reads it: `false`, `5`, `null`; whatever is no such thing is a text. */
function scalar(text: string): unknown {
  try {
    const value: unknown = parse(text);
    return typeof value === 'object' && value !== null ? text : value;
  } catch {
    return text;
  }
}

function unknownEnvironment(root: string, name: string): DiagnosticError {
  const known = readdirSync(join(root, 'configs'))
    .map((file) => /^base_config\.([\w-]+)\.yaml$/.exec(file)?.[1])
    .filter((found) => found !== undefined)
    .sort();
  return new DiagnosticError('unknown-environment', {
    message: `${ENVIRONMENT} names no environment of the project`,
    expected:
      known.length > 0 ? `one of ${known.join(', ')}` : 'none: there is no configs/base_config.<name>.yaml',
    found: name,
    fix: `correct ${ENVIRONMENT}, unset it, or add configs/base_config.<name>.yaml`,
  });
}

function notOfEnvironment(key: string, at: Location): DiagnosticError {
  return new DiagnosticError('not-of-environment', {
    message: `${key} cannot be set by an environment: results follow from it, and DVC would not see the difference`,
    at,
    expected: `only ${FREE_KEYS.join(', ')}`,
    found: key,
    fix: `set it in ${projectLayout.baseConfig}, on a branch of its own if environments are to differ in it`,
  });
}
