import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { loadBaseConfig, projectLayout, type FinetuningConfig } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { hashPath, openProject } from '../../dvc/index.js';
import { localModel, readFinetunedFolder, transformersFiles } from '../../finetuning/index.js';
import { MODEL_MD5_TAG, MODEL_TAG, mlflowModel, modelDigest, type TrackedRun } from '../../tracking/index.js';
import { exampleOf, packagesOf, signatureOf } from './describe-model.js';

/**
 * Keeps the best model with its run, as a model that `mlflow.pyfunc.load_model` loads: what was trained, byte for byte. An adapter
 * is kept as one, and its base beside it where no hub has that.
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
  const { root, config, modelDir, outputDir, trainFile } = options;
  const { tracking } = loadBaseConfig(root);
  run.artifact(join(outputDir, 'training.json'), 'training.json');
  const best = join(outputDir, basename(projectLayout.bestModel));
  const md5 = await dvcHash(root, best);
  run.tags({
    [MODEL_TAG]: await modelDigest(best),
    ...(md5 === undefined ? {} : { [MODEL_MD5_TAG]: md5 }),
  });
  if (!tracking.log_model) return;
  const model = readFinetunedFolder(best);
  const files = filesOf(best);
  const needsBase = model.base !== undefined && localModel(config.model_name, root) !== undefined;
  const temporary = mkdtempSync(join(tmpdir(), 'reprise-base-'));
  try {
    run.model(
      mlflowModel({
        files,
        base: needsBase ? await transformersFiles(modelDir, join(temporary, 'base')) : {},
        signature: signatureOf(model, files),
        example: await exampleOf(model, files, trainFile),
        packages: packagesOf(model, files, config.method),
      }),
    );
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
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
