import { posix } from 'node:path';
import { projectLayout, type PicturesConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { loadSharp } from '../../images/sharp.js';
import type { CleaningSteps } from '../../user-code/cleaning-step.js';
import { digestOf } from '../rows/text-key.js';
import type { Candidate } from './candidate.js';
import { readCsv } from './csv.js';
import { mapLabel } from './map-label.js';
import type { RawFile } from './raw-files.js';

/**
 * Rows of gray values with a label at the end, each of which becomes a PNG of its own.
 *
 * @throws DiagnosticError `bad-pixels`, `csv-syntax` with file and line
 */
export async function* pixelCandidates(
  files: readonly RawFile[],
  config: PicturesConfig,
  steps?: CleaningSteps,
): AsyncGenerator<Candidate> {
  const { width, height, maximum } = config.pixels as NonNullable<PicturesConfig['pixels']>;
  let before = 0;
  for (const { path, shownAs, bytes: size } of files) {
    for await (const { cells, line, bytes } of readCsv(path, shownAs)) {
      const values = cells.slice(0, -1).map(Number);
      const found = cells.at(-1)?.trim() ?? '';
      if (values.length !== width * height || values.some((value) => !(value >= 0 && value <= maximum)))
        throw new DiagnosticError('bad-pixels', {
          message: 'this row is not a picture',
          at: { file: shownAs, line },
          expected: `${width} × ${height} numbers from 0 to ${maximum}, and a label`,
          found: `${cells.length} cells: ${cells.slice(0, 8).join(', ')}${cells.length > 8 ? ', …' : ''}`,
          fix: 'correct preprocessing.pixels in configs/data_config.yaml, or the row',
        });
      const pixels = Uint8Array.from(values, (value) => Math.round((value / maximum) * 255));
      const { label, drop } = mapLabel(found, config, shownAs, line);
      const stays = steps?.keep({ file: shownAs, line, label: found }, []) ?? true;
      const place = (id: string): string => posix.join(encodeURIComponent(label ?? ''), `${id}.png`);
      yield {
        file: shownAs,
        line,
        bytes: before + bytes,
        id: undefined,
        label,
        text: '',
        digest: digestOf(pixels),
        ...(!stays ? { drop: 'step' as const } : drop ? { drop: 'unmapped' as const } : {}),
        // Relative to the splits, too, which lie in the folder beside.
        fields: (id) => ({
          id,
          image: posix.join('..', posix.relative('data', projectLayout.pictures), place(id)),
          label,
        }),
        picture: (id) => ({ path: place(id), bytes: png(pixels, width, height) }),
      };
    }
    before += size;
  }
}

async function png(pixels: Uint8Array, width: number, height: number): Promise<Buffer> {
  const sharp = await loadSharp();
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 9 })
    .toBuffer();
}
