import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { readImageFolder, readImageRows } from '../../data/index.js';
import { readPictureBytes, type PictureFile } from '../../images/picture.js';
import { sideBySide } from '../../images/side-by-side.js';
import { rowLocation } from './dataset.js';
import type { LabelledRows } from './labelled-texts.js';

export interface LabelledPictures extends LabelledRows {
  readonly pictures: readonly PictureFile[];
}

const md5 = (bytes: Uint8Array | string): string => createHash('md5').update(bytes).digest('hex');

/**
 * Rows of pictures: a .jsonl file, or a folder with a folder for each label. Every picture is read once, for the digest
 * and to see that it begins as a picture does; that one is torn in its middle comes out when it is decoded.
 *
 * @throws DiagnosticError `file-missing`, `bad-image` and those of `readImageRows` and `readImageFolder`
 */
export async function readLabelledPictures(path: string): Promise<LabelledPictures> {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const { paths, ...rows } = isFolder ? folderRows(path) : await fileRows(path);
  const pictures = paths.map((picture, row) => ({ path: picture, at: rowLocation(rows, row) }));
  const digests = await sideBySide(pictures, async (picture) => md5(await readPictureBytes(picture)));
  const listed = rows.names ? JSON.stringify(rows.names) : readFileSync(path);
  return { ...rows, pictures, md5: md5([md5(listed), ...digests].join('\n')) };
}

type Rows = Omit<LabelledRows, 'md5'> & { readonly paths: readonly string[] };

function folderRows(path: string): Rows {
  const rows = readImageFolder(path, path);
  const names = rows.map(({ image }) => image);
  return {
    file: path,
    count: rows.length,
    labels: rows.map(({ label }) => label),
    lines: rows.map((_, index) => index + 1),
    names,
    paths: names.map((name) => join(path, name)),
  };
}

async function fileRows(path: string): Promise<Rows> {
  const labels: string[] = [];
  const lines: number[] = [];
  const paths: string[] = [];
  for await (const { row, number, path: picture } of readImageRows(path, path)) {
    labels.push(row.label);
    lines.push(number);
    paths.push(picture);
  }
  if (paths.length === 0)
    throw new DiagnosticError('no-rows', {
      message: `${path} has no rows`,
      at: { file: path },
      fix: 'run the stage that makes it again',
    });
  return { file: path, count: paths.length, labels, lines, paths };
}
