import { posix } from 'node:path';
import { projectLayout, type PicturesConfig } from '../../../configs/index.js';
import { readPictureBytes } from '../../images/picture.js';
import type { CleaningSteps } from '../../user-code/cleaning-step.js';
import { digestOf } from '../rows/text-key.js';
import type { Candidate } from './candidate.js';
import { mapLabel } from './map-label.js';
import type { RawFile } from './raw-files.js';

/** Pictures of data/raw, each labelled by the folder that it is in. They stay where they are; rows name them there. */
export async function* pictureCandidates(
  files: readonly RawFile[],
  config: PicturesConfig,
  steps?: CleaningSteps,
): AsyncGenerator<Candidate> {
  let bytes = 0;
  for (const { path, name, shownAs, bytes: size } of files) {
    const content = await readPictureBytes({ path, at: { file: shownAs } });
    bytes += size;
    const folder = posix.basename(posix.dirname(name));
    const found = folder === '.' ? '' : folder;
    const { label, drop } = mapLabel(found, config, shownAs, 1);
    const stays = steps?.keep({ file: shownAs, line: 1, label: found }, []) ?? true;
    yield {
      file: shownAs,
      line: 1,
      bytes,
      id: name,
      label,
      text: '',
      digest: digestOf(content),
      ...(!stays ? { drop: 'step' as const } : drop ? { drop: 'unmapped' as const } : {}),
      fields: (id) => ({ id, image: posix.relative(projectLayout.processed, shownAs), label }),
    };
  }
}
