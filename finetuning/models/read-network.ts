import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProblemType } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { bertNetwork } from './bert/network.js';
import { gpt2Network } from './gpt2/network.js';
import { loadWeights, type LoadedWeights } from './load-weights.js';
import type { Network, NetworkOptions, Task } from './network.js';
import { ownLabels, problemOf } from './problem.js';
import { resnetNetwork } from './resnet/network.js';
import { withNf4 } from './weights/nf4-weights.js';
import { openWeights } from './weights/open-weights.js';

interface Architecture {
  readonly task: Task;
  readonly make: (options: NetworkOptions) => Network;
}

/** `model_type` in config.json → how to make it. */
const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  bert: { task: 'text-classification', make: bertNetwork },
  gpt2: { task: 'causal-lm', make: gpt2Network },
  resnet: { task: 'image-classification', make: resnetNetwork },
};

/** @throws DiagnosticError `bad-model-config` */
export function readTask(modelDir: string): Task {
  return readConfig(modelDir).architecture.task;
}

/**
 * What a head over texts is for: what is asked for, or else what the model's config.json says.
 *
 * @param asked finetuning.problem_type
 * @throws DiagnosticError `bad-model-config`; `bad-problem-type` where the model has no such head
 */
export function readProblem(modelDir: string, asked: ProblemType | null): ProblemType {
  const { architecture, config } = readConfig(modelDir);
  if (architecture.task === 'text-classification') return asked ?? problemOf(config);
  if (asked === null || asked === 'single_label_classification') return 'single_label_classification';
  throw new DiagnosticError('bad-problem-type', {
    message: `a model for ${architecture.task} has no head for ${asked}`,
    at: { file: join(modelDir, 'config.json') },
    expected: 'a model of texts with a head: bert',
    fix: 'choose another model, or leave finetuning.problem_type out',
  });
}

/** Names that the model's own config.json has for its classes, in the order of the logits; none where it has none. */
export function readOwnLabels(modelDir: string): readonly string[] {
  return ownLabels(readConfig(modelDir).config);
}

/** @throws DiagnosticError `bad-model-config` */
export function readNetwork(
  modelDir: string,
  labels: readonly string[],
  {
    dropout = null,
    problem = null,
    pairs = false,
  }: Partial<Pick<NetworkOptions, 'dropout' | 'problem' | 'pairs'>> = {},
): Network {
  const { architecture, config, file } = readConfig(modelDir);
  return architecture.make({ config, file, labels, dropout, problem, pairs });
}

function readConfig(modelDir: string): { architecture: Architecture; config: unknown; file: string } {
  const file = join(modelDir, 'config.json');
  const refuse = (message: string, cause?: unknown): never => {
    throw new DiagnosticError('bad-model-config', {
      message,
      at: { file },
      expected: `a model_type of: ${Object.keys(ARCHITECTURES).join(', ')}`,
      fix: 'choose a model of these in the Hugging Face format, such as sentence-transformers/all-MiniLM-L6-v2',
      cause,
    });
  };
  let config: unknown;
  try {
    config = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    return refuse(`the model's configuration cannot be read: ${(cause as Error).message}`, cause);
  }
  const type = (config as { model_type?: unknown } | null)?.model_type;
  if (typeof type !== 'string' || !Object.hasOwn(ARCHITECTURES, type))
    return refuse(`this model cannot be finetuned: its model_type is ${JSON.stringify(type)}`);
  return { architecture: ARCHITECTURES[type] as Architecture, config, file };
}

/**
 * @param path the model's folder, or a file of weights; it stays open until the result is closed
 * @throws DiagnosticError `missing-weights`, `shape-mismatch`, and those of `openWeights` and `withNf4`
 */
export function readWeights(network: Network, path: string, seed: number): LoadedWeights {
  const source = openWeights(path);
  try {
    return { ...loadWeights(withNf4(source, network), network, seed), close: () => source.close() };
  } catch (error) {
    source.close();
    throw error;
  }
}
