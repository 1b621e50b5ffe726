import type { BaseConfig } from './base-config.js';
import type { FinetuningConfig } from './finetuning-config.js';

type Task = BaseConfig['task'];

interface TaskSetting {
  readonly path: readonly string[];
  readonly tasks: readonly Task[];
  /** Values that ask for nothing: what is said of texts by default, pictures do not mind. */
  readonly idle: readonly unknown[];
  /** Why other models cannot do it. */
  readonly because: string;
}

const TEXTS = ['text-classification', 'causal-lm'] as const;
const ofPictures = { tasks: ['image-classification'], because: 'it is about pictures' } as const;

const SETTINGS: readonly TaskSetting[] = [
  { path: ['neftune_noise_alpha'], tasks: TEXTS, idle: [null], because: 'its noise goes on word embeddings' },
  {
    path: ['gradient_checkpointing'],
    tasks: TEXTS,
    idle: [false],
    because: 'it goes by the blocks of a transformer',
  },
  { path: ['dropout'], tasks: TEXTS, idle: [null, 0], because: 'a ResNet has no dropout' },
  { path: ['max_length'], tasks: TEXTS, idle: [128], because: 'it counts tokens' },
  {
    path: ['packing'],
    tasks: ['causal-lm'],
    idle: [false],
    because: 'it lays texts of a language model end to end',
  },
  {
    path: ['train_on_prompt'],
    tasks: ['causal-lm'],
    idle: [false],
    because: 'rows of other models have no prompts',
  },
  { path: ['image_size'], idle: [null], ...ofPictures },
  { path: ['augmentation', 'random_resized_crop'], idle: [null], ...ofPictures },
  { path: ['augmentation', 'horizontal_flip'], idle: [0], ...ofPictures },
  { path: ['augmentation', 'pad_and_crop'], idle: [0], ...ofPictures },
];

/** A setting that asks for what a model of this task cannot do. */
export interface ForeignSetting {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly tasks: readonly Task[];
  readonly because: string;
}

/** The first setting that would be passed over, and so is an error. */
export function foreignSetting(config: FinetuningConfig, task: Task): ForeignSetting | undefined {
  for (const { path, tasks, idle, because } of SETTINGS) {
    if (tasks.includes(task)) continue;
    const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], config);
    if (!idle.includes(value)) return { path, value, tasks, because };
  }
  return undefined;
}
