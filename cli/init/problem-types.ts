import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { problemTypes, type ProblemType } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { changed, filesUnder, type ProjectFile } from './project-files.js';
import type { Task } from './tasks.js';

const PLOTS = '# `dvc plots show` draws';
/** What the template has about one label for each text. */
const OF_ONE_LABEL = /^(src\/metrics\/|tests\/(rows\/|model|data_processing)|notebooks\/0[124]_)/;

/**
 * @throws DiagnosticError `unknown-problem-type`, and `problem-type-alone` where nothing has answers of the kind: pictures, language
 *   models, and the template's own texts
 */
export function asProblemType(name: string, task: Task, data: string | undefined): ProblemType {
  const known = problemTypes.find((type) => type === name);
  if (known === undefined)
    throw new DiagnosticError('unknown-problem-type', {
      message: '--problem-type names no problem type',
      expected: `one of ${problemTypes.join(', ')}`,
      found: name,
      fix: 'correct --problem-type, or leave it out for one label of each text',
    });
  if (known !== 'single_label_classification' && (task !== 'text-classification' || data === undefined))
    throw new DiagnosticError('problem-type-alone', {
      message: `--problem-type ${known} is about texts of your own`,
      expected: '--task text-classification, which may be left out, and --data',
      found: data === undefined ? 'no --data' : `--task ${task}`,
      fix: 'name your data with --data, or leave --problem-type out',
    });
  return known;
}

/**
 * The template for numbers, or for any number of labels of each text: settings, the plots that such a model has, and rows, tests,
 * notebooks and a metric in place of those of one label. `examples/problem-types/<type>` has what is laid out.
 */
export async function withProblemType(
  files: readonly ProjectFile[],
  problem: ProblemType,
  packageRoot: string,
): Promise<ProjectFile[]> {
  if (problem === 'single_label_classification') return [...files];
  const folder = join(packageRoot, 'examples', 'problem-types', problem);
  const own = new Map(await filesUnder(folder));
  const plots = await readFile(join(folder, 'plots.yaml'), 'utf8');
  own.delete('plots.yaml');
  const metrics = [...own.keys()].filter((path) => path.startsWith('src/metrics/'));
  const common = files
    .filter(({ path }) => !OF_ONE_LABEL.test(path))
    .map((file) => {
      if (file.path === 'dvc.yaml') {
        const [stages] = file.content.toString('utf8').split(PLOTS);
        return { ...file, content: Buffer.from(`${stages}${plots}`) };
      }
      if (file.path === 'params.yaml')
        return changed(file, (params) => {
          params.setIn(['finetuning', 'problem_type'], problem);
          // The only thing that each validation of numbers has.
          if (problem === 'regression') params.setIn(['finetuning', 'metric_for_best_model'], 'loss');
          for (const key of ['top_k', 'calibration_bins', 'slices', 'sets'])
            params.deleteIn(['evaluation', key]);
          params.setIn(['evaluation', 'metrics'], params.createNode(metrics));
        });
      if (file.path === 'configs/data_config.yaml')
        return changed(file, (config) => {
          if (problem === 'regression') config.setIn(['preprocessing', 'number'], config.createNode({}));
        });
      return file;
    });
  return [...common, ...[...own].map(([path, content]) => ({ path, content }))];
}
