import { join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { md5 } from '../../data/ingestion/digest.js';
import { readLanguageRows, type LanguageRow } from '../../data/index.js';
import { ChatTemplate } from '../../text/chat-template.js';
import { documentParts } from '../../text/document-parts.js';
import { EncodedDocuments } from '../../text/encoded-documents.js';
import { lengthBuckets } from '../../text/length-buckets.js';
import { TextTokenizer } from '../../text/text-tokenizer.js';
import type { Dataset, RowFile } from './dataset.js';
import { languageExamples } from './language-examples.js';
import { packDocuments } from './pack-documents.js';
import { checkVocabulary } from './text-classification.js';

export interface LanguageSettings {
  readonly packing: boolean;
  readonly train_on_prompt: boolean;
}

interface LanguageRows extends RowFile {
  readonly rows: readonly LanguageRow[];
}

/** Texts, prompts with completions, or conversations. What is longer than a row may be loses its end, as TRL's does. */
export async function causalLanguageModel(
  trainFile: string,
  valFile: string,
  { packing, train_on_prompt }: LanguageSettings,
): Promise<Dataset> {
  const train = await readRowFile(trainFile);
  const validation = await readRowFile(valFile);
  return {
    labels: [],
    train,
    validation,
    encode(network, modelDir, maxLength) {
      const tokenizer = new TextTokenizer(modelDir);
      const endId = endOf(tokenizer, modelDir);
      const talks = [train, validation].some(({ rows }) => rows.some((row) => 'messages' in row));
      const template = talks ? new ChatTemplate(tokenizer, modelDir) : undefined;
      const encode = (file: LanguageRows) => {
        const parts = file.rows.map((row, index) =>
          atLine(file, index, () => documentParts(row, tokenizer, template, endId, train_on_prompt)),
        );
        const documents = new EncodedDocuments(parts, maxLength);
        checkVocabulary(documents, network.vocabulary, modelDir);
        checkLearned(file, documents, maxLength, network.maxWidth);
        const all = Array.from({ length: documents.count }, (_, index) => index);
        const rows = packing
          ? packDocuments(all.map((index) => documents.length(index)), maxLength) // prettier-ignore
          : all.map((index) => Int32Array.of(index));
        const widths = packing ? [maxLength] : lengthBuckets(maxLength);
        return languageExamples(documents, rows, widths, tokenizer.padId);
      };
      return { train: encode(train), validation: encode(validation) };
    },
  };
}

/** A template that refuses a conversation does not know where that stands. */
function atLine<T>({ file, lines }: LanguageRows, index: number, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    if (!(cause instanceof DiagnosticError) || cause.code !== 'bad-chat-template') throw cause;
    const { message, fix } = cause;
    throw new DiagnosticError('bad-chat-template', {
      message: `${message} (${cause.at?.file ?? 'the template'})`,
      at: { file, line: lines[index] as number },
      ...(fix === undefined ? {} : { fix }),
      cause,
    });
  }
}

/** @throws DiagnosticError `no-rows`, those of `readLanguageRows` */
async function readRowFile(file: string): Promise<LanguageRows> {
  const rows: LanguageRow[] = [];
  const lines: number[] = [];
  for await (const { row, number } of readLanguageRows(file, file)) {
    rows.push(row);
    lines.push(number);
  }
  if (rows.length === 0)
    throw new DiagnosticError('no-rows', {
      message: `${file} has no rows`,
      at: { file },
      fix: 'run the stage that makes it again',
    });
  return { file, count: rows.length, rows, lines, md5: await md5(file) };
}

/** @throws DiagnosticError `bad-tokenizer` */
function endOf(tokenizer: TextTokenizer, modelDir: string): number {
  if (tokenizer.endId !== undefined) return tokenizer.endId;
  throw new DiagnosticError('bad-tokenizer', {
    message: 'the tokenizer has no token that ends a text, so that the model could not learn to end one',
    at: { file: join(modelDir, 'tokenizer_config.json') },
    expected: 'eos_token, or <|endoftext|> in tokenizer.json',
    fix: 'name the token in tokenizer_config.json',
  });
}

/** A row that is cut before anything to learn would silently teach nothing. @throws DiagnosticError `row-too-long` */
function checkLearned(
  { file, lines, rows }: LanguageRows,
  documents: EncodedDocuments,
  maxLength: number,
  /** Tokens that the model can read. */
  maxWidth: number,
): void {
  const empty = [...rows.keys()].filter((index) => documents.labelsIn(index) === 0);
  const [first] = empty;
  if (first === undefined) return;
  const isAll = maxLength >= maxWidth;
  throw new DiagnosticError('row-too-long', {
    message:
      `the prompt alone fills ${isAll ? 'all that the model can read' : 'max_length'}, so that the row teaches nothing` +
      (empty.length > 1 ? `; ${empty.length} rows are so` : ''),
    at: { file, line: lines[first] as number },
    expected: `fewer than ${maxLength} tokens before what is to be learned`,
    fix: `${isAll ? 'take a model that reads longer texts' : 'raise finetuning.max_length'}, shorten the prompts, or leave these rows out`,
  });
}
