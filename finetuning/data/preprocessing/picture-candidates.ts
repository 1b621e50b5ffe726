import { posix } from 'node:path';
import { projectLayout, type PicturesConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { readPictureBytes } from '../../images/picture.js';
import type { CleaningSteps } from '../../user-code/cleaning-step.js';
import { digestOf } from '../rows/text-key.js';
import type { Candidate } from './candidate.js';
import { mapLabel } from './map-label.js';
import type { RawFile } from './raw-files.js';

/** Those that were decoded: they are gone through more than once. */
const decoded = new WeakSet<RawFile>();

/** So many of those that cannot be read are named. */
const NAMED = 10;

/**
 * Pictures of data/raw, each labelled by the folder that it is in. They stay where they are; rows name them there.
 *
 * @throws DiagnosticError `bad-image`, at the end: all that cannot be read are looked for first
 */
export async function* pictureCandidates(
  files: readonly RawFile[],
  config: PicturesConfig,
  steps?: CleaningSteps,
): AsyncGenerator<Candidate> {
  let bytes = 0;
  const broken: { readonly shownAs: string; readonly error: DiagnosticError }[] = [];
  for (const raw of files) {
    const { path, name, shownAs, bytes: size } = raw;
    const content = await readPictureBytes({ path, at: { file: shownAs } }, decoded.has(raw)).catch(
      (error: unknown) => {
        if (!(error instanceof DiagnosticError) || error.code !== 'bad-image') throw error;
        broken.push({ shownAs, error });
      },
    );
    bytes += size;
    if (!content) continue;
    decoded.add(raw);
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
  const [first] = broken;
  if (first) throw broken.length === 1 ? first.error : severalBroken(broken.map(({ shownAs }) => shownAs));
}

function severalBroken(files: readonly string[]): DiagnosticError {
  const more = files.length > NAMED ? ` and ${files.length - NAMED} more` : '';
  return new DiagnosticError('bad-image', {
    message: `${files.length} pictures cannot be read: ${files.slice(0, NAMED).join(', ')}${more}`,
    expected: 'whole PNG, JPEG or WebP files',
    fix: 'replace them, or remove them, where ingestion.source in configs/data_config.yaml has them',
  });
}
