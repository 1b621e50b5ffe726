import { extname } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { readPython } from '../python/read-python.js';
import { type Value } from '../values.js';
import { YamlFile, readText } from '../yaml/yaml-file.js';
import { readJson } from './json.js';
import { SourceError } from './source-error.js';
import { readToml } from './toml.js';

const READERS: Readonly<Record<string, (source: string) => Value>> = {
  '.json': readJson,
  '.toml': readToml,
  '.py': readPython,
};

/**
 * The values in a file that names its format by its ending; YAML when that is none of the known.
 *
 * @param name how messages call the file
 * @throws DiagnosticError `file-missing`, `not-utf-8`, `yaml-syntax`, `params-syntax`
 */
export function loadValues(file: string, name: string): Value {
  const text = readText(file, name);
  const read = READERS[extname(file).toLowerCase()];
  if (!read) return new YamlFile(name, text).value;
  // Python makes one kind of all line ends: a text of several lines in TOML has no carriage returns.
  const source = text.replace(/\r\n?/g, '\n');
  try {
    return read(source);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const before = source.slice(0, error.offset).split('\n');
    throw new DiagnosticError('params-syntax', {
      message: `this file cannot be read: ${error.message}`,
      at: {
        file: name,
        line: before.length,
        column: (before.at(-1) as string).length + 1,
        source: source.split('\n')[before.length - 1] ?? '',
      },
      fix: 'correct the syntax at that place',
    });
  }
}
