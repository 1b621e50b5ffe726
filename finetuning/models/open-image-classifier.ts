import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileProgram, type Program } from '../../compute/index.js';
import { readPicture } from '../images/picture.js';
import { pixelBatch } from '../images/pixel-batch.js';
import { PREPROCESSOR_FILE, readPreprocessing } from '../images/preprocessing.js';
import { centered } from '../images/resize.js';
import { sideBySide } from '../images/side-by-side.js';
import { inferenceProgram } from './inference-program.js';
import { readParameters, type OpenClassifierOptions } from './open-classifier.js';
import { readNetwork } from './read-network.js';

export interface OpenImageClassifierOptions extends OpenClassifierOptions {
  /** In place of the base model's own side; a finetuned model knows the one that it was trained with. */
  readonly imageSize?: number | null;
}

export interface OpenedImageClassifier {
  readonly labels: readonly string[];
  /**
   * @param paths of pictures
   * @returns logits, [pictures, labels] row-major
   * @throws DiagnosticError `bad-image`
   */
  predict(
    paths: readonly string[],
    options?: { readonly batchSize?: number; readonly onProgress?: (done: number, total: number) => void },
  ): Promise<Float32Array>;
  dispose(): void;
}

/** @throws DiagnosticError `bad-preprocessor`, and those of `openClassifier` */
export async function openImageClassifier(
  options: OpenImageClassifierOptions,
): Promise<OpenedImageClassifier> {
  const { baseModelDir, adapterDir, labels, imageSize = null } = options;
  const network = readNetwork(baseModelDir, labels);
  const { method, values } = readParameters(network, options);
  const own = adapterDir !== undefined && existsSync(join(adapterDir, PREPROCESSOR_FILE));
  const { preprocessing } = own
    ? readPreprocessing(adapterDir, null)
    : readPreprocessing(baseModelDir, imageSize);
  const { side } = preprocessing;
  let open: { readonly program: Program; readonly rows: number } | undefined;

  const programFor = (rows: number): Program => {
    if (open?.rows === rows) return open.program;
    open?.program.dispose();
    const program = compileProgram(inferenceProgram(network, method, rows, [side]));
    program.assign(values);
    open = { program, rows };
    return program;
  };

  return {
    labels,
    async predict(paths, { batchSize = 32, onProgress } = {}) {
      const program = programFor(batchSize);
      const logits = new Float32Array(paths.length * labels.length);
      for (let done = 0; done < paths.length;) {
        const batch = paths.slice(done, done + batchSize);
        const pictures = await sideBySide(batch, async (path) =>
          centered(await readPicture({ path, at: { file: path } }), preprocessing),
        );
        const feeds = { pixel_values: pixelBatch(pictures, batchSize, preprocessing) };
        const result = program.run(`predict/${side}`, feeds).logits as Float32Array;
        logits.set(result.subarray(0, batch.length * labels.length), done * labels.length);
        done += batch.length;
        onProgress?.(done, paths.length);
      }
      return logits;
    },
    dispose() {
      open?.program.dispose();
      open = undefined;
    },
  };
}
