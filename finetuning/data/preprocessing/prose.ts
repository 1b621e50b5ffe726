import { open } from 'node:fs/promises';
import { readLines } from '../rows/read-lines.js';
import type { SourceRecord } from './source-record.js';

const BOOK_BEGINS = /^\*\*\* ?START OF (THE|THIS) PROJECT GUTENBERG/m;
const BOOK_ENDS = /^(\*\*\* ?)?END OF (THE|THIS) PROJECT GUTENBERG/i;
/** Bytes. A book's head is far shorter. */
const HEAD = 64 * 1024;

/**
 * The paragraphs of a text, which blank lines part. Of a book of Project Gutenberg, those of the book alone.
 *
 * @param name of the file: what its paragraphs have in common
 */
export async function* readProse(path: string, shownAs: string, name: string): AsyncGenerator<SourceRecord> {
  let begun = !BOOK_BEGINS.test(await head(path));
  let lines: string[] = [];
  let start = 1;
  let read = 0;
  const paragraph = (): SourceRecord => ({
    id: undefined,
    body: { text: lines.join('\n') },
    label: undefined,
    group: name,
    line: start,
    bytes: read,
  });
  for await (const { text, number, bytes } of readLines(path, shownAs)) {
    read = bytes;
    if (!begun) {
      begun = BOOK_BEGINS.test(text);
      continue;
    }
    if (BOOK_ENDS.test(text)) break;
    if (text.trim() !== '') {
      if (lines.length === 0) start = number;
      lines.push(text);
    } else if (lines.length > 0) {
      yield paragraph();
      lines = [];
    }
  }
  if (lines.length > 0) yield paragraph();
}

async function head(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
