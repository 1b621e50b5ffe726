import type { Pipeline, Stage } from '../../types.js';
import { readLockEntry } from '../lock/read.js';
import { findLocked } from './files.js';
import { madeAt, type TrackedFiles } from './tracked-files.js';

/**
 * For `dvc repro --allow-missing`: a missing dep is what the stage that makes it left, and otherwise what it was when it was last
 * read. So a stage runs only when something that is there has changed, or will.
 */
export function missingAllowed({ project, stages, upstream }: Pipeline, stage: Stage): TrackedFiles {
  return {
    trusts: true,
    async md5Of(file) {
      const above = upstream.get(stage.address) ?? [];
      const made = madeAt(file, stages).find(
        (one) => one.out.file === file && above.includes(one.stage.address),
      );
      return made && findLocked((await readLockEntry(project, made.stage))?.outs, made.out.path)?.md5;
    },
  };
}
