import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { DiagnosticError } from '../../diagnostics/index.js';

/** The files that make a tokenizer: what a model's folder holds, and what is copied beside a finetuned one. */
export const tokenizerFiles = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'vocab.txt',
] as const;

/** A word that every tokenizer splits into something, to see what is put around it. */
const PROBE = 'a';

function readJson(folder: string, name: string): Record<string, unknown> {
  const path = join(folder, name);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw new DiagnosticError('bad-tokenizer', {
      message: `the tokenizer cannot be read: ${(cause as Error).message}`,
      at: { file: path },
      fix: 'fetch the model again, or choose one that has a tokenizer.json',
      cause,
    });
  }
}

/** Text → token ids, as the model's `tokenizer.json` says, cut to a length. Padding is left to the batch. */
export class TextTokenizer {
  readonly padId: number;
  readonly #tokenizer: Tokenizer;
  /** What the model expects before and after one text: [CLS] … [SEP] for BERT. */
  readonly #before: readonly number[];
  readonly #after: readonly number[];

  /** @throws DiagnosticError `bad-tokenizer` */
  constructor(modelDir: string) {
    const config = existsSync(join(modelDir, 'tokenizer_config.json'))
      ? readJson(modelDir, 'tokenizer_config.json')
      : {};
    this.#tokenizer = new Tokenizer(readJson(modelDir, 'tokenizer.json'), config);
    const bare = this.#bare(PROBE);
    const whole: readonly number[] = this.#tokenizer.encode(PROBE).ids;
    const start = whole.findIndex((_, at) => bare.every((id, offset) => whole[at + offset] === id));
    this.#before = whole.slice(0, Math.max(0, start));
    this.#after = whole.slice(Math.max(0, start) + bare.length);
    const padToken = typeof config.pad_token === 'string' ? config.pad_token : '[PAD]';
    this.padId = this.#tokenizer.token_to_id(padToken) ?? 0;
  }

  /** How many ids of `maxLength` are not the text's own. */
  get frameLength(): number {
    return this.#before.length + this.#after.length;
  }

  /** At most `maxLength` ids; what is too long loses its end, never the closing token. */
  encode(text: string, maxLength: number): number[] {
    const ids = this.#bare(text);
    return [...this.#before, ...ids.slice(0, maxLength - this.frameLength), ...this.#after];
  }

  #bare(text: string): number[] {
    return this.#tokenizer.encode(text, { add_special_tokens: false }).ids as number[];
  }
}
