import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `reprise init` lays out for each task. */
const COMMON = [
  '.dockerignore',
  '.dvc/.gitignore',
  '.dvc/config',
  '.dvcignore',
  '.env.example',
  '.gitignore',
  'Dockerfile',
  'README.md',
  'configs/base_config.yaml',
  'configs/data_config.yaml',
  'configs/finetuning/adapter_config.yaml',
  'configs/finetuning/full_finetune.yaml',
  'configs/finetuning/lora_config.yaml',
  'configs/finetuning/qlora_config.yaml',
  'configs/schemas/base_config.schema.json',
  'configs/schemas/data_config.schema.json',
  'configs/schemas/dvc.schema.json',
  'configs/schemas/finetuning_config.schema.json',
  'configs/schemas/params.schema.json',
  'configs/schemas/reprise_config.schema.json',
  'data/.gitignore',
  'data/finetuning/.gitignore',
  'docs/api_reference.md',
  'docs/finetuning_guide.md',
  'docs/setup.md',
  'dvc.yaml',
  'models/.gitignore',
  'package.json',
  'notebooks/01_data_exploration.ipynb',
  'notebooks/02_baseline_model.ipynb',
  'notebooks/03_finetuning_experiments.ipynb',
  'notebooks/04_model_comparison.ipynb',
  'notebooks/README.md',
  'params.yaml',
  'scripts/deploy.sh',
  'scripts/download_pretrained.sh',
  'scripts/evaluate.sh',
  'scripts/prepare_data.sh',
  'scripts/train.sh',
  'src/callbacks/stop-at-loss.ts',
  'tests/data_processing.test.ts',
  'tests/model.test.ts',
  'tests/rows/train.jsonl',
  'tests/rows/val.jsonl',
  'tests/stages.ts',
  'tests/training.test.ts',
  'tsconfig.json',
];
const PICTURES = ['bars', 'disc'].flatMap((label) =>
  Array.from({ length: 10 }, (_, number) => `tests/rows/pictures/${label}/${number}.png`),
);
const OF_TASK = {
  'text-classification': [
    'src/cleaning/strip-markup.ts',
    'src/metrics/cohens-kappa.ts',
    'tests/rows/questions.jsonl',
    'tests/rows/raw.jsonl',
  ],
  'causal-lm': [
    'src/cleaning/strip-markup.ts',
    'src/metrics/hardest-tenth.ts',
    'tests/rows/prompts.jsonl',
    'tests/rows/raw.jsonl',
  ],
  'image-classification': [
    'src/cleaning/drop-copies.ts',
    'src/metrics/cohens-kappa.ts',
    ...PICTURES,
    'tests/rows/pictures/bars/0 copy.png',
  ],
};

export const filesOf = (task: keyof typeof OF_TASK): string[] => [...COMMON, ...OF_TASK[task]].sort();
export const EVERY_FILE = filesOf('text-classification');

/** Of all notebooks of a project together. */
export function outputsOf(folder: string): unknown[] {
  const notebooks = EVERY_FILE.filter((path) => path.endsWith('.ipynb'));
  return notebooks.flatMap((path) => {
    const { cells } = JSON.parse(readFileSync(join(folder, path), 'utf8')) as {
      cells: { outputs?: unknown[] }[];
    };
    return cells.flatMap(({ outputs }) => outputs ?? []);
  });
}
