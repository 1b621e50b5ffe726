import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Location } from '../../../diagnostics/index.js';
import { readAsked, type OwnColumns } from './asked-records.js';
import { isPicture, readImageFolder } from './image-folder.js';
import { imageRow, pictureFolder, type PictureFolder } from './image-rows.js';
import { isFolder } from './labelled-rows.js';
import { textInput, type TextInput } from './text-input.js';
import { checkTextFields } from './text-rows.js';

/** What a classifier is asked: a text or a picture, whose label may be known or not. */
export interface QuestionLine {
  /** What is written beside the answer: the id, the text or the picture's path, and the label if there is one. */
  readonly shown: Readonly<Record<string, unknown>>;
  /** The text or both, or the picture's absolute path. */
  readonly input: TextInput;
  readonly at: Location;
}

export interface QuestionOptions {
  /** What tables of the project's own call their columns. */
  readonly columns?: OwnColumns;
  /** Of models that say one label: where there is one, it is a name. Others' are shown as they are. */
  readonly oneLabel?: boolean;
  /** Told of rows without a text, which are passed over then; absent: they are an error. */
  readonly onBlank?: (line: number) => void;
}

/**
 * Rows of a file as `readAsked` reads it; or a picture; or the pictures of a folder, which may lie in folders named by their labels. Rows without an id
 * are named by their lines.
 *
 * @throws DiagnosticError `no-pictures`, and those of `readAsked` and `readImageRows`
 */
export async function* readQuestions(
  path: string,
  shownAs: string,
  { columns = {}, oneLabel = true, onBlank }: QuestionOptions = {},
): AsyncGenerator<QuestionLine> {
  if (isFolder(path)) return yield* ofFolder(path, shownAs);
  if (isPicture(path)) {
    const name = basename(path);
    return yield { shown: { id: name, image: name }, input: path, at: { file: shownAs } };
  }
  let place: PictureFolder | undefined;
  for await (const { named, line } of readAsked(path, shownAs, columns)) {
    const of = 'image' in named && !('text' in named) ? 'image' : 'text';
    if (onBlank && of === 'text' && isBlank(named['text'])) {
      onBlank(line);
      continue;
    }
    const pair = of === 'text' && 'text_pair' in named ? ['text_pair'] : [];
    const labels = ['label', 'labels'].filter((name) => name in named && named[name] !== '');
    const checked = ['id', of, ...pair, ...(oneLabel ? labels.filter((name) => name === 'label') : [])];
    const { id } = named;
    const { label } = named;
    const fields = {
      ...named,
      id: typeof id === 'number' ? String(id) : (id ?? String(line)),
      // A column of a table that has types: the names of labels may be numbers there.
      ...(oneLabel && path.endsWith('.parquet') && typeof label === 'number' && { label: String(label) }),
    };
    const row = checkTextFields<Record<string, string>>(fields, checked, shownAs, line);
    const shown = Object.fromEntries([...new Set([...checked, ...labels])].map((name) => [name, row[name]]));
    const at = { file: shownAs, line };
    if (of === 'text') {
      yield { shown, input: textInput(row as { text: string; text_pair?: string }), at };
      continue;
    }
    place ??= pictureFolder(path);
    // The label is of no matter to where the picture lies.
    const { path: input } = imageRow({ label: '-', ...row }, place, shownAs, line);
    yield { shown, input, at };
  }
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function* ofFolder(path: string, shownAs: string): Generator<QuestionLine> {
  const own = readdirSync(path).filter(isPicture).sort();
  const rows: readonly { readonly id: string; readonly image: string; readonly label?: string }[] =
    own.length > 0 ? own.map((name) => ({ id: name, image: name })) : readImageFolder(path, shownAs);
  for (const row of rows)
    yield {
      shown: row,
      input: join(path, row.image),
      at: { file: join(shownAs, row.image) },
    };
}
