import { readdirSync, statSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { stringify, type Document, type Scalar, type YAMLMap } from 'yaml';
import { DiagnosticError } from '../../diagnostics/index.js';
import { ownReadme } from './own-readme.js';
import type { ChosenFields } from './fields.js';
import { changed, type ProjectFile } from './project-files.js';
import type { Task } from './tasks.js';

const PICTURES = '- data/processed/pictures\n';
const RAW = '- data/raw\n';
const INGESTS = '    cmd: reprise data ingest\n';
/** What comments say of the template's own data, and what is so of any. */
const PARAMS: Comments = [
  [
    '# In pixels: the digits are small, and are made larger.',
    '# In pixels: the side of what the model sees.',
  ],
  [
    '# Drop the quoted usage examples after a definition.',
    '# Drop quoted usage examples that follow a `;` or `:`, as dictionaries have them.',
  ],
];
const PARAMS_OF_RECORDS: Comments = [
  [
    '# Shorter paragraphs are dropped: headings, and much of what is said.',
    '# In characters: shorter texts are dropped.',
  ],
];
const DATA_CONFIG: Comments = [
  // An example of a step changes what it is given: nobody has asked for that.
  [
    /# Your own: src\/cleaning\..*\n {2}steps:\n {4}- (\S+)\n/,
    '# Steps of your own come before what is said below: steps: [$1], for example.\n',
  ],
  [/ Here: [^.]*, as Project Gutenberg has them\./, ''],
  [/# wordnet-nouns: .*/, '# records: the .csv, .tsv, .jsonl, .json and .parquet files in data/raw.'],
  [' (wordnet-nouns brings its own)', ''],
  [/ {2}# Of pixels: .*\n/, ''],
];

/**
 * The template with the user's own data in place of its own: a path, or any source that `ingestion.source` takes. What is
 * known of a file is written into configs/data_config.yaml; what is not stays to be corrected there, and is said so.
 *
 * @param chosen fields of records; of pictures none
 *
 * @throws DiagnosticError `source-missing`, `pictures-in-table`
 */
export function withOwnData(
  files: readonly ProjectFile[],
  task: Task,
  data: string,
  folder: string,
  chosen: ChosenFields | undefined,
): ProjectFile[] {
  if (!isThere(data))
    throw new DiagnosticError('source-missing', {
      message: `--data names ${data}, which does not exist`,
      fix: 'name a file or folder, or a source such as https://…, s3://…, hf:<owner>/<data set>',
    });
  if (task === 'image-classification' && !isSource(data) && RECORDS.test(data))
    throw new DiagnosticError('pictures-in-table', {
      message: `--data names ${data}, which is a table, and pictures are read from folders`,
      expected: 'a folder with a folder of pictures for each label',
      fix: 'put (or link) each picture into a folder that is called as its label, and name the folder around these with --data',
    });
  const path = relative(folder, resolve(data)) || '.';
  const format = task === 'image-classification' ? undefined : formatOf(data, task);
  const isBooks = !isSource(data) && isFolder(data) && format === 'prose';
  /** What `data_ingestion` is to be run again after. */
  const dep = isSource(data) ? /^path:([^*?{]+)$/.exec(data)?.[1] : path;
  const source = isSource(data) ? data : `path:${path}${isBooks ? '/**/*.txt' : ''}`;
  return files.map((file) => {
    if (file.path === 'params.yaml')
      return changed(
        reworded(file, [...PARAMS, ...(format === 'records' ? PARAMS_OF_RECORDS : [])]),
        (params) => {
          params.setIn(['data_config', 'ingestion', 'source'], source);
          params.deleteIn(['data_config', 'ingestion', 'integrity']);
          // What suits the template's data would drop some of other data.
          params.setIn(['data_config', 'preparation', 'max_train_rows'], null);
          if (task === 'text-classification')
            params.setIn(['data_config', 'preprocessing', 'strip_examples'], false);
          if (format === 'records') params.setIn(['data_config', 'preprocessing', 'min_characters'], 1);
          if (task === 'text-classification') params.setIn(['finetuning', 'num_epochs'], 3);
          withWarmupByShare(params);
          if (task === 'image-classification') {
            params.setIn(['data_config', 'preprocessing', 'format'], 'images');
            params.setIn(['finetuning', 'image_size'], 224);
          }
        },
      );
    if (file.path === 'configs/data_config.yaml')
      return changed(reworded(file, DATA_CONFIG), (config) => {
        config.deleteIn(['ingestion', 'files']);
        config.deleteIn(['preprocessing', 'pixels']);
        if (format !== undefined) config.setIn(['preprocessing', 'format'], format);
        if (chosen && format === 'records')
          config.setIn(['preprocessing', 'fields'], config.createNode(chosen.fields));
        if (chosen?.separator !== undefined && format === 'records')
          config.setIn(['preprocessing', 'separator'], chosen.separator);
        if (task === 'text-classification') {
          config.deleteIn(['preparation', 'test_rows']);
          config.deleteIn(['preparation', 'val_rows']);
          const split = config.createPair('split', { by: 'label', test: 0.15, val: 0.1 });
          (split.key as Scalar).commentBefore =
            ' The same shares of each label, drawn by a hash of (seed, id): the same rows come each time.';
          (config.get('preparation') as YAMLMap).add(split);
        }
      });
    // The report's title, and the experiment of the runs.
    if (file.path === 'configs/base_config.yaml')
      return changed(file, (config) => config.set('name', basename(resolve(folder))));
    if (file.path === 'README.md')
      return { ...file, content: Buffer.from(ownReadme(file.content.toString('utf8'), task, source, dep)) };
    if (file.path === 'dvc.yaml') {
      const text = withDep(file.content.toString('utf8'), dep);
      // Pictures of one's own stay where they are; only those of rows of numbers are made.
      const own = task === 'image-classification' ? text.replaceAll(PICTURES, RAW) : text;
      return { ...file, content: Buffer.from(own) };
    }
    return file;
  });
}

/** The presets' `warmup_steps` are for the template's data: of little data there are fewer steps in all. */
function withWarmupByShare(params: Document): void {
  const steps = params.createPair('warmup_steps', 0);
  (steps.key as Scalar).commentBefore =
    ' In place of the preset’s: a share of all steps, however many these are.';
  const finetuning = params.get('finetuning') as YAMLMap;
  finetuning.add(steps);
  finetuning.set('warmup_ratio', 0.1);
}

/** dvc.yaml with a local file or folder that is ingested among what is looked at. */
function withDep(stages: string, dep: string | undefined): string {
  if (dep === undefined) return stages;
  const entry = stringify([dep]).trimEnd();
  return stages.replace(
    INGESTS,
    () => `${INGESTS}    deps:\n      # Your data: it is ingested again when it changes.\n      ${entry}\n`,
  );
}

/** What stands in a file, and what is to stand in its place. */
type Comments = readonly (readonly [RegExp | string, string])[];

function reworded(file: ProjectFile, comments: Comments): ProjectFile {
  const text = comments.reduce((text, [from, to]) => text.replace(from, to), file.content.toString('utf8'));
  return { ...file, content: Buffer.from(text) };
}

/** A path that exists, or a source that is asked for only when it is ingested. */
export function isThere(data: string): boolean {
  return isSource(data) || statSync(resolve(data), { throwIfNoEntry: false }) !== undefined;
}

function isFolder(data: string): boolean {
  return statSync(resolve(data)).isDirectory();
}

function isSource(data: string): boolean {
  return /^(npm|pypi|path|https?|s3|hf):/.test(data);
}

/** How local or named data is read: prose in .txt files, or records. */
function formatOf(data: string, task: Task): 'prose' | 'records' {
  if (task !== 'causal-lm') return 'records';
  if (!isSource(data) && isFolder(data)) {
    const names = readdirSync(resolve(data), { recursive: true, encoding: 'utf8' });
    const some = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
    return some(PROSE) && !some(RECORDS) ? 'prose' : 'records';
  }
  return PROSE.test(data) ? 'prose' : 'records';
}

const PROSE = /\.txt(\.gz)?$/;
const RECORDS = /\.(csv|tsv|jsonl|json|parquet)(\.gz)?$/;
