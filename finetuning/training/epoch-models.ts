import { readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { writeFolder, type FolderContents } from './durable-folder.js';

/**
 * The models as they were at the ends of epochs, `epoch_1`, `epoch_2`, …, until they are laid beside the best one. They
 * stand with the checkpoints, so that a training that is taken up again has those from before.
 */
export class EpochModels {
  /** @param limit how many of the last are kept; `null`: all */
  constructor(
    private readonly folder: string,
    private readonly limit: number | null,
  ) {}

  /** @returns where it is @throws DiagnosticError `disk-full` */
  save(epoch: number, model: FolderContents): string {
    const path = join(this.folder, `epoch_${epoch}`);
    writeFolder(path, model);
    if (this.limit !== null && epoch > this.limit)
      rmSync(join(this.folder, `epoch_${epoch - this.limit}`), { recursive: true, force: true });
    return path;
  }

  /** Those of the first `epochs` epochs that are kept: paths beside `best_model` → the files to copy. */
  contents(epochs: number): FolderContents {
    const first = this.limit === null ? 1 : Math.max(1, epochs - this.limit + 1);
    const files: [string, { readonly copyOf: string }][] = [];
    for (let epoch = first; epoch <= epochs; epoch++) {
      const folder = join(this.folder, `epoch_${epoch}`);
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name);
        if (entry.isFile()) files.push([`epoch_${epoch}/${relative(folder, file)}`, { copyOf: file }]);
      }
    }
    return Object.fromEntries(files);
  }
}
