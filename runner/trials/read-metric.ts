import { readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { DiagnosticError } from '../../diagnostics/index.js';

/** `metrics.json:test.accuracy`. */
export interface MetricName {
  /** Relative to the workspace. */
  readonly file: string;
  readonly key: string;
}

/** @throws DiagnosticError `bad-metric-name` */
export function parseMetricName(name: string): MetricName {
  const split = name.lastIndexOf(':');
  const file = name.slice(0, Math.max(0, split));
  const key = name.slice(split + 1);
  if (split > 0 && key !== '' && !isAbsolute(file) && !normalize(file).startsWith('..')) return { file, key };
  throw new DiagnosticError('bad-metric-name', {
    message: `${name} does not name a metric`,
    expected: 'file:key, such as metrics.json:test.accuracy',
    fix: 'name a metrics file of the project, and the dotted name of the figure in it',
  });
}

/**
 * The figure that trials are compared by.
 *
 * @throws DiagnosticError `metric-missing`
 */
export async function readMetric(workspace: string, name: string): Promise<number> {
  const { file, key } = parseMetricName(name);
  const text = await readFile(join(workspace, file), 'utf8').catch((cause: unknown) => {
    throw new DiagnosticError('metric-missing', {
      message: `the trial made no ${file}`,
      at: { file },
      fix: 'name a metrics file that the pipeline writes',
      cause,
    });
  });
  const figures = new Map<string, number>();
  try {
    collect(file.endsWith('.toml') ? parseToml(text) : parseYaml(text), '', figures);
  } catch (cause) {
    throw new DiagnosticError('metric-missing', {
      message: `${file} cannot be read: ${(cause as Error).message.split('\n')[0]}`,
      at: { file },
      fix: 'write metrics as JSON, YAML or TOML',
      cause,
    });
  }
  const value = figures.get(key);
  if (value !== undefined && Number.isFinite(value)) return value;
  throw new DiagnosticError('metric-missing', {
    message:
      value === undefined ? `${file} has no figure ${key}` : `${key} in ${file} is not a finite number`,
    at: { file },
    found: value === undefined ? [...figures.keys()].slice(0, 20).join(', ') || 'no figures' : String(value),
    fix: 'name one of the figures that the file has',
  });
}

function collect(value: unknown, name: string, figures: Map<string, number>): void {
  if (typeof value === 'number') figures.set(name, value);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value))
    collect(inner, name === '' ? key : `${name}.${key}`, figures);
}
