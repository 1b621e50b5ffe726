import { lstat, readFile } from 'node:fs/promises';
import { realpathSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { isCollection, isMap, isNode, isPair, isScalar, type ParsedNode } from 'yaml';
import { DiagnosticError, YamlDocument } from '../../diagnostics/index.js';
import { writeBeside, type Stage } from '../../dvc/index.js';

/** What a param is set to. */
export type TrialValue = string | number | boolean | null;

const DEFAULT_FILE = 'params.yaml';

/** One param as `--param` names it: `train.lr`, or `other.yaml:train.lr`. */
export interface ParamName {
  /** Relative to the workspace. */
  readonly file: string;
  readonly path: readonly string[];
}

/** @throws DiagnosticError `bad-param-name` */
export function parseParamName(name: string): ParamName {
  const split = name.lastIndexOf(':');
  const file = split < 0 ? DEFAULT_FILE : name.slice(0, split);
  const path = name.slice(split + 1).split('.');
  if (file !== '' && path.every((step) => step !== '') && !isAbsolute(file)) return { file, path };
  throw new DiagnosticError('bad-param-name', {
    message: `${name} does not name a param`,
    expected: 'key.of.the.param (in params.yaml), or file.yaml:key.of.the.param',
    fix: 'name it as dvc.yaml does under params',
  });
}

/**
 * Sets params in the files of one workspace. All else in a file stays byte for byte: comments, order, quotes.
 *
 * @throws DiagnosticError `missing-params-file`, `missing-param`, `params-format`, `params-outside`, `yaml-syntax`
 */
export async function setParams(
  workspace: string,
  values: Readonly<Record<string, TrialValue>>,
): Promise<void> {
  for (const [file, text] of await edited(workspace, values, () => true)) await writeBeside(file, text);
}

/**
 * Finds what {@link setParams} would refuse, and what no stage would look at: a param that is not in its file may be added only
 * to a mapping that one of `stages` reads as a whole. Changes nothing.
 */
export async function checkParams(
  workspace: string,
  names: readonly string[],
  stages: readonly Stage[],
): Promise<void> {
  const mayAdd: MayAdd = (file, mapping) =>
    stages.some((stage) =>
      stage.params.some(
        (params) => params.file === file && (params.keys === undefined || params.keys.includes(mapping)),
      ),
    );
  await edited(workspace, Object.fromEntries(names.map((name) => [name, null])), mayAdd);
}

/** @param mapping the dotted name of what the param is to be added to; '' is the whole file */
type MayAdd = (file: string, mapping: string) => boolean;

async function edited(
  workspace: string,
  values: Readonly<Record<string, TrialValue>>,
  mayAdd: MayAdd,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) {
    const { file, path } = parseParamName(name);
    const absolute = join(workspace, file);
    const text = texts.get(absolute) ?? (await readParamsFile(workspace, file));
    const source = new YamlDocument(file, text);
    const added = mayAdd(absolute, path.slice(0, -1).join('.')) ? addValue(source, path, value) : undefined;
    texts.set(absolute, added ?? replaceValue(source, path, value));
  }
  return texts;
}

async function readParamsFile(workspace: string, file: string): Promise<string> {
  if (!/\.(ya?ml|json)$/.test(file)) {
    throw new DiagnosticError('params-format', {
      message: `a sweep cannot set params in ${file}`,
      at: { file },
      expected: 'a YAML or JSON file',
      fix: 'move the params that are swept to params.yaml',
    });
  }
  const path = join(workspace, file);
  if (!(await lstat(path).catch(() => undefined))) {
    throw new DiagnosticError('missing-params-file', {
      message: `the params file ${file} does not exist`,
      at: { file },
      fix: 'create it, or name the file before the param: other.yaml:key',
    });
  }
  // A link that git tracks may lead out of a trial's copy, to the user's own file.
  const inside = relative(realpathSync(workspace), realpathSync(path));
  if (inside.startsWith('..') || isAbsolute(inside)) {
    throw new DiagnosticError('params-outside', {
      message: `the params file ${file} is not inside the project`,
      at: { file },
      fix: 'keep the params that are swept in a file of the project',
    });
  }
  return await readFile(path, 'utf8');
}

function replaceValue(source: YamlDocument, path: readonly string[], value: TrialValue): string {
  const node = find(source.document.contents, path);
  if (!node) {
    throw new DiagnosticError('missing-param', {
      message: `${path.join('.')} is missing from ${source.file}`,
      at: source.locate(path),
      fix: `correct its name, or add it to ${source.file} with the value that it has when it is not swept`,
    });
  }
  if (isCollection(node)) {
    throw new DiagnosticError('params-format', {
      message: `${path.join('.')} in ${source.file} is a list or a mapping: a sweep sets single values`,
      at: source.locate(path),
      fix: 'sweep the values inside it, each by its own name',
    });
  }
  const [begin, end] = node.range;
  const before = source.text.slice(begin, end);
  const written = spell(value, before);
  // `key:` with nothing after it: the value begins right behind the colon.
  const space = before === '' && !/\s$/.test(source.text.slice(0, begin)) ? ' ' : '';
  // A block scalar ends with its last line.
  const newline = before.endsWith('\n') ? '\n' : '';
  return source.text.slice(0, begin) + space + written + newline + source.text.slice(end);
}

/** Undefined when the param is there already, or there is no mapping to hold it. */
function addValue(source: YamlDocument, path: readonly string[], value: TrialValue): string | undefined {
  if (find(source.document.contents, path)) return undefined;
  const mapping =
    path.length === 1 ? source.document.contents : find(source.document.contents, path.slice(0, -1));
  if (!isMap(mapping)) return undefined;
  const first = mapping.items[0]?.key;
  if (!isNode(first)) return undefined;
  const { text } = source;
  const name = path.at(-1) as string;
  const key = source.file.endsWith('.json') || !/^[\w-]+$/.test(name) ? JSON.stringify(name) : name;
  const pair = `${key}: ${spell(value, '')}`;
  const end = endOf(mapping as ParsedNode);
  if (mapping.flow) {
    const last = endOf((mapping.items.at(-1)?.value ?? first) as ParsedNode);
    return `${text.slice(0, last)}, ${pair}${text.slice(last)}`;
  }
  // Below the last line of the mapping, so that every comment stays with its own param.
  const start = (first as ParsedNode).range[0];
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const newline = text[end - 1] === '\n' ? end - 1 : text.indexOf('\n', end);
  if (newline < 0) return `${text}\n${indent}${pair}\n`;
  return `${text.slice(0, newline + 1)}${indent}${pair}\n${text.slice(newline + 1)}`;
}

/** Where a value's own text ends: the comments and empty lines after it are not its. */
function endOf(node: ParsedNode): number {
  if (!isCollection(node) || node.flow) return node.range[1];
  const last = node.items.at(-1);
  const inner = isPair(last) ? (last.value ?? last.key) : last;
  return isNode(inner) ? endOf(inner as ParsedNode) : node.range[1];
}

function find(contents: unknown, path: readonly string[]): ParsedNode | undefined {
  let node = contents;
  for (const step of path) {
    if (!isCollection(node)) return undefined;
    node = node.items.flatMap((item, i) => {
      if (isNode(item)) return String(i) === step ? [item] : [];
      const pair = item as { key: unknown; value: unknown };
      const key = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
      return key === step ? [pair.value] : [];
    })[0];
  }
  return isNode(node) ? (node as ParsedNode) : undefined;
}

/** JSON's spelling is YAML's, too. Where a float stood, a whole number stays a float: DVC and Python tell them apart. */
function spell(value: TrialValue, before: string): string {
  if (typeof value !== 'number') return JSON.stringify(value);
  const isFloat = /^[-+]?(\d+\.\d*|\.\d+)([eE][-+]?\d+)?$|^[-+]?\d+[eE][-+]?\d+$/.test(before.trim());
  const text = String(value);
  if (isFloat && Number.isInteger(value) && !/[.e]/.test(text)) return `${text}.0`;
  // `1e-7`: a reader of YAML 1.1, such as PyYAML, takes it for text unless it has a point.
  return /^-?\d+e/.test(text) ? text.replace('e', '.0e') : text;
}
