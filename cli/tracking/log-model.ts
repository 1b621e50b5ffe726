import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { loadBaseConfig, projectLayout, type FinetuningConfig } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { hashPath, openProject } from '../../dvc/index.js';
import {
  MODEL_MD5_TAG,
  MODEL_TAG,
  modelDigest,
  textClassifierModel,
  type TrackedRun,
} from '../../tracking/index.js';

/**
 * Keeps the best model with its run, as a model that `mlflow.pyfunc.load_model` loads. So far text classifiers that
 * transformers and PEFT read; of others the files alone.
 *
 * @param modelDir the pretrained model's files
 * @param outputDir what the training wrote
 */
export async function logModel(
  run: TrackedRun,
  options: {
    readonly root: string;
    readonly config: FinetuningConfig;
    readonly modelDir: string;
    readonly outputDir: string;
    readonly trainFile: string;
  },
): Promise<void> {
  const { root, config, modelDir, outputDir } = options;
  const { task, tracking } = loadBaseConfig(root);
  run.artifact(join(outputDir, 'training.json'), 'training.json');
  const best = join(outputDir, basename(projectLayout.bestModel));
  const md5 = await dvcHash(root, best);
  run.tags({
    [MODEL_TAG]: await modelDigest(best),
    ...(md5 === undefined ? {} : { [MODEL_MD5_TAG]: md5 }),
  });
  if (!tracking.log_model) return;
  const files = filesOf(best);
  if (task !== 'text-classification' || config.method === 'adapter') {
    for (const [name, path] of Object.entries(files)) run.artifact(path, `model/${name}`);
    return;
  }
  const isLocal = existsSync(resolve(root, config.model_name));
  const needsBase = 'adapter_config.json' in files && isLocal;
  run.model(
    textClassifierModel({
      files,
      base: needsBase ? filesOf(modelDir) : {},
      example: firstText(options.trainFile),
    }),
  );
}

/** As dvc.lock will have it, once the stage has ended. @returns undefined outside of a DVC project */
async function dvcHash(root: string, folder: string): Promise<string | undefined> {
  try {
    return (await hashPath(await openProject(root), folder))?.md5;
  } catch (error) {
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}

/** Name → path of the files of a folder. */
function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .map((name) => [name, join(folder, name)] as const)
      .filter(([, path]) => statSync(path).isFile()),
  );
}

function firstText(file: string): string {
  const [line = '{}'] = readFileSync(file, 'utf8').split('\n', 1);
  const { text } = JSON.parse(line) as { readonly text?: unknown };
  return typeof text === 'string' ? text : '';
}
