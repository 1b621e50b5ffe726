import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { EvaluationConfig, FinetuningConfig, ProblemType } from '../../configs/index.js';
import { DiagnosticError, type Locator } from '../../diagnostics/index.js';
import type { EvaluateOptions, Production, TestSetFiles } from '../../finetuning/index.js';
import type { TrackedFigures } from '../tracking/track-evaluation.js';
import { openProduction, type ProductionModel } from './production.js';

/** What is evaluated, and how. */
export interface Evaluation {
  readonly root: string;
  /** Of the project. */
  readonly name: string;
  readonly config: EvaluationConfig;
  /** Where its settings are written. */
  readonly places: Locator;
  readonly finetuning: FinetuningConfig;
  readonly baseModelDir: string;
  /** The finetuned model. */
  readonly adapterDir: string;
  /** Absent: nothing is in production, or it is not asked for. */
  readonly production?: Production<ProductionModel>;
  /** In place of the project's own, relative to it. */
  readonly files: TestSetFiles;
  /** It is a language model. */
  readonly generates: boolean;
  /** Of a classifier: what an answer is. */
  readonly problem: ProblemType;
  /** Of the finetuned model, in the order of its logits. */
  readonly labels: readonly string[];
}

/** What a command says when it is done: an object for machines, and a table with line ends. */
export interface Told {
  readonly result: object;
  readonly summary: string;
  /** Why the finetuned model may not be worth having. */
  readonly doubts: readonly string[];
  /** What to look at, relative to the project. */
  readonly report: string;
  /** What goes to the run of the training, where runs are tracked. */
  readonly tracked: TrackedFigures;
}

export type OnUpdate = NonNullable<EvaluateOptions['onProgress']>;

/** @throws DiagnosticError `no-model`, and those of the configuration and the models */
export async function openEvaluation(flags: TestSetFiles, log: (line: string) => void): Promise<Evaluation> {
  const { findProjectRoot, loadBaseConfig, loadFinetuningConfig, readEvaluationConfig, projectLayout } =
    await import('../../configs/index.js');
  const root = findProjectRoot(process.cwd());
  const { name } = loadBaseConfig(root);
  const { config, places } = readEvaluationConfig(root);
  const finetuning = loadFinetuningConfig(root);
  const adapterDir = join(root, projectLayout.bestModel);
  if (!existsSync(adapterDir))
    throw new DiagnosticError('no-model', {
      message: `${projectLayout.bestModel} does not exist`,
      at: { file: projectLayout.bestModel },
      fix: 'run `reprise finetune` first',
    });
  // It takes seconds until there is a row to tell of.
  log(`opening ${finetuning.model_name}`);
  const { readFinetunedFolder, resolvePretrained } = await import('../../finetuning/index.js');
  const { generates, problem, labels } = readFinetunedFolder(adapterDir);
  const { model_name: model, model_revision: revision } = finetuning;
  const baseModelDir = await resolvePretrained(model, { revision, root, log });
  const within = (path: string): string => relative(root, resolve(path));
  const files = {
    ...(flags.train === undefined ? {} : { train: within(flags.train) }),
    ...(flags.test === undefined ? {} : { test: within(flags.test) }),
  };
  const production = config.production ? await openProduction(root, adapterDir, log) : undefined;
  return {
    ...{ root, name, config, places, finetuning, baseModelDir, adapterDir, files },
    ...{ generates, problem, labels },
    ...(production ? { production } : {}),
  };
}

/** The model in production as an evaluation takes it; nothing where there is none. */
export function productionContender<T>(
  { production }: Evaluation,
  contender: (model: ProductionModel) => T,
): { readonly production?: Production<T> } {
  if (!production) return {};
  return { production: 'reason' in production ? production : { contender: contender(production.contender) } };
}

/** How the finetuned model came about, as the report says it. */
export function methodText(config: FinetuningConfig): string {
  if (config.method === 'lora') return `finetuning with LoRA (r = ${config.lora_r})`;
  if (config.method === 'qlora')
    return `finetuning with LoRA (r = ${config.lora_r}) over weights in four bits (NF4)`;
  if (config.method === 'full') return 'full finetuning';
  return `finetuning with ${config.adapter_type === 'pfeiffer' ? 'Pfeiffer' : 'Houlsby'} adapters (reduction factor ${config.reduction_factor})`;
}
