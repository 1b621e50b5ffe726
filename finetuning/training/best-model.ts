import { join } from 'node:path';
import { safetensorsParts } from '../models/safetensors/encode-safetensors.js';
import { writeFolder } from './durable-folder.js';
import { storedTensors, type Tensors } from './weight-files.js';

/** A file that was written with this digest. */
export interface StoredFile {
  readonly path: string;
  readonly sha256: string;
}

/** What it is called, here and in each checkpoint. */
export const BEST_FILE = 'best.safetensors';

/**
 * The weights at the best validation so far, in a file beside the checkpoints: a training that holds them would need the memory of one
 * model more, and of two when the next is taken.
 */
export class BestModel {
  readonly #folder: string;
  #file: StoredFile | undefined;

  /** @param checkpoints their folder: a name with a dot is no checkpoint */
  constructor(checkpoints: string) {
    this.#folder = join(checkpoints, '.best');
  }

  get file(): StoredFile | undefined {
    return this.#file;
  }

  /** Read from the file when they are asked for. */
  get weights(): Tensors | undefined {
    return this.#file && storedTensors(this.#file.path);
  }

  /** @param weights by their names in files @throws DiagnosticError `disk-full` */
  keep(weights: Tensors): void {
    this.#write({ parts: () => safetensorsParts(weights) });
  }

  /** Goes on from the checkpoint's, which may be removed before this is. @throws DiagnosticError `disk-full` */
  takeOver({ path, sha256 }: StoredFile): void {
    this.#write({ copyOf: path, sha256 });
  }

  #write(content: Parameters<typeof writeFolder>[1][string]): void {
    writeFolder(
      this.#folder,
      { [BEST_FILE]: content },
      {
        name: 'sha256',
        of: ({ [BEST_FILE]: sha256 = '' }) => {
          this.#file = { path: join(this.#folder, BEST_FILE), sha256 };
          return `${sha256}\n`;
        },
      },
    );
  }
}
