import { statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { changed, type ProjectFile } from './project-files.js';
import type { Task } from './tasks.js';

const PICTURES = '- data/processed/pictures\n';
const RAW = '- data/raw\n';

/**
 * The template with the user's own data in place of its own: a path, or any source that `ingestion.source` takes. What is
 * known of a file is written into configs/data_config.yaml; what is not stays to be corrected there, and is said so.
 *
 * @throws DiagnosticError `source-missing`
 */
export function withOwnData(
  files: readonly ProjectFile[],
  task: Task,
  data: string,
  folder: string,
): ProjectFile[] {
  if (!isThere(data))
    throw new DiagnosticError('source-missing', {
      message: `--data names ${data}, which does not exist`,
      fix: 'name a file or folder, or a source such as https://…, s3://…, hf:<owner>/<data set>',
    });
  const source = isSource(data) ? data : `path:${relative(folder, resolve(data)) || '.'}`;
  return files.map((file) => {
    if (file.path === 'params.yaml')
      return changed(file, (params) => {
        params.setIn(['data_config', 'ingestion', 'source'], source);
        params.deleteIn(['data_config', 'ingestion', 'integrity']);
        if (task === 'image-classification')
          params.setIn(['data_config', 'preprocessing', 'format'], 'images');
      });
    if (file.path === 'configs/data_config.yaml')
      return changed(file, (config) => {
        config.deleteIn(['ingestion', 'files']);
        config.deleteIn(['preprocessing', 'pixels']);
        if (task !== 'image-classification') config.setIn(['preprocessing', 'format'], formatOf(data, task));
        if (task === 'causal-lm' && config.getIn(['preprocessing', 'format']) === 'records')
          config.setIn(['preprocessing', 'fields'], config.createNode({ text: 'text' }));
        if (task === 'text-classification') {
          config.deleteIn(['preparation', 'test_rows']);
          config.deleteIn(['preparation', 'val_rows']);
          config.setIn(['preparation', 'split'], config.createNode({ by: 'label', test: 0.15, val: 0.1 }));
        }
      });
    // Pictures of one's own stay where they are; only those of rows of numbers are made.
    if (file.path === 'dvc.yaml' && task === 'image-classification')
      return { ...file, content: Buffer.from(file.content.toString('utf8').replaceAll(PICTURES, RAW)) };
    return file;
  });
}

/** A path that exists, or a source that is asked for only when it is ingested. */
export function isThere(data: string): boolean {
  return isSource(data) || statSync(resolve(data), { throwIfNoEntry: false }) !== undefined;
}

function isSource(data: string): boolean {
  return /^(npm|pypi|path|https?|s3|hf):/.test(data);
}

function formatOf(data: string, task: Task): string {
  return task === 'causal-lm' && /\.txt(\.gz)?$/.test(data) ? 'prose' : 'records';
}
