import { DiagnosticError } from '../../../diagnostics/index.js';
import { readLines } from '../rows/read-lines.js';
import type { SourceRecord } from './source-record.js';

/** Lexicographer files 3–28, in WordNet's own order (lexnames(5WN)): the noun categories. */
const NOUN_CATEGORIES = [
  'Tops',
  'act',
  'animal',
  'artifact',
  'attribute',
  'body',
  'cognition',
  'communication',
  'event',
  'feeling',
  'food',
  'group',
  'location',
  'motive',
  'object',
  'person',
  'phenomenon',
  'plant',
  'possession',
  'process',
  'quantity',
  'relation',
  'shape',
  'state',
  'substance',
  'time',
] as const;
const FIRST_NOUN_FILE = 3;

/** synset_offset lex_filenum ss_type w_cnt (hex) … | gloss, as wndb(5WN) states it. */
const NOUN_LINE = /^(\d{8}) (\d{2}) n ([0-9a-f]{2}) (.*?) \| (.*)$/;

/** Definitions of a WordNet `data.noun` file. The licence at its head (lines that start with two spaces) is passed over. */
export async function* readWordnetNouns(path: string, shownAs: string): AsyncGenerator<SourceRecord> {
  for await (const { text, number, bytes } of readLines(path, shownAs)) {
    if (text.startsWith('  ') || text === '') continue;
    const match = NOUN_LINE.exec(text);
    const category = match && NOUN_CATEGORIES[Number(match[2]) - FIRST_NOUN_FILE];
    if (!match || category === undefined)
      throw new DiagnosticError('wordnet-syntax', {
        message: 'this is not a noun of WordNet',
        at: { file: shownAs, line: number, source: text.slice(0, 120) },
        expected: 'synset_offset lex_filenum n w_cnt words … | gloss',
        fix: 'ingest the file again, or set preprocessing.format to records',
      });
    const [, offset = '', , count = '', words = '', gloss = ''] = match;
    // Each word is followed by its lex_id.
    const lemmas = words
      .split(' ')
      .slice(0, Number.parseInt(count, 16) * 2)
      .filter((_, index) => index % 2 === 0);
    yield {
      id: `${offset}-n`,
      body: { text: gloss },
      label: `noun.${category}`,
      lemmas,
      line: number,
      bytes,
    };
  }
}
