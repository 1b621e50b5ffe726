import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Location } from '../../../diagnostics/index.js';
import { isPicture, readImageFolder } from './image-folder.js';
import { imageRow, pictureFolder, type PictureFolder } from './image-rows.js';
import { isFolder } from './labelled-rows.js';
import { readLines } from './read-lines.js';
import { parseJsonLine } from './json-line.js';
import { textInput, type TextInput } from './text-input.js';
import { checkTextFields } from './text-rows.js';

/** What a classifier is asked: a text or a picture, whose label may be known or not. */
export interface QuestionLine {
  /** What is written beside the answer: the id, the text or the picture's path, and the label if there is one. */
  readonly shown: Readonly<Record<string, string>>;
  /** The text or both, or the picture's absolute path. */
  readonly input: TextInput;
  readonly at: Location;
}

/**
 * Rows of a .jsonl file; or the pictures of a folder, which may lie in folders named by their labels. Rows without an id
 * are named by their lines.
 *
 * @throws DiagnosticError `no-pictures`, and those of `readImageRows`
 */
export async function* readQuestions(path: string, shownAs: string): AsyncGenerator<QuestionLine> {
  if (isFolder(path)) return yield* ofFolder(path, shownAs);
  let place: PictureFolder | undefined;
  for await (const line of readLines(path, shownAs)) {
    if (line.text.trim() === '') continue;
    const value = parseJsonLine(line, shownAs);
    const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
    const of = 'image' in fields && !('text' in fields) ? 'image' : 'text';
    const pair = of === 'text' && 'text_pair' in fields ? ['text_pair'] : [];
    const needed = ['id', of, ...pair, ...('label' in fields ? ['label'] : [])];
    const named = { ...fields, id: fields['id'] ?? String(line.number) };
    const row = checkTextFields<Record<string, string>>(named, needed, shownAs, line.number);
    const shown = Object.fromEntries(needed.map((name) => [name, row[name] as string]));
    const at = { file: shownAs, line: line.number };
    if (of === 'text') {
      yield { shown, input: textInput(row as { text: string; text_pair?: string }), at };
      continue;
    }
    place ??= pictureFolder(path);
    // The label is of no matter to where the picture lies.
    const { path: input } = imageRow({ label: '-', ...row }, place, shownAs, line.number);
    yield { shown, input, at };
  }
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
