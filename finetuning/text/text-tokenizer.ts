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
  'vocab.json',
  'merges.txt',
  'chat_template.jinja',
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

/** A token in tokenizer_config.json: its text, or an object with it. */
function tokenText(value: unknown): string | undefined {
  const text = typeof value === 'object' ? (value as { content?: unknown } | null)?.content : value;
  return typeof text === 'string' ? text : undefined;
}

/** Text → token ids, as the model's `tokenizer.json` says, cut to a length. Padding is left to the batch. */
export class TextTokenizer {
  /** Of a model without a token for padding, such as GPT-2, the one that ends a text. */
  readonly padId: number;
  /** Ends a text, where the model has such a token. */
  readonly endId: number | undefined;
  /** tokenizer_config.json */
  readonly config: Readonly<Record<string, unknown>>;
  readonly #tokenizer: Tokenizer;
  /** A token's characters stand for a byte each, as in GPT-2's alphabet. */
  readonly #byteLevel: boolean;
  readonly #special: ReadonlySet<number>;
  readonly #added: ReadonlySet<number>;
  /** What the model expects before and after one text: [CLS] … [SEP] for BERT. */
  readonly #before: readonly number[];
  readonly #after: readonly number[];

  /** @throws DiagnosticError `bad-tokenizer` */
  constructor(modelDir: string) {
    const config = existsSync(join(modelDir, 'tokenizer_config.json'))
      ? readJson(modelDir, 'tokenizer_config.json')
      : {};
    this.config = config;
    const json = readJson(modelDir, 'tokenizer.json');
    this.#tokenizer = new Tokenizer(json, config);
    this.#byteLevel = JSON.stringify(json['decoder'] ?? null).includes('"ByteLevel"');
    const added = [...this.#tokenizer.get_added_tokens_decoder()];
    this.#added = new Set(added.map(([id]) => id));
    this.#special = new Set(added.filter(([, token]) => token.special).map(([id]) => id));
    const bare = this.tokenize(PROBE);
    const whole: readonly number[] = this.#tokenizer.encode(PROBE).ids;
    const start = whole.findIndex((_, at) => bare.every((id, offset) => whole[at + offset] === id));
    this.#before = whole.slice(0, Math.max(0, start));
    this.#after = whole.slice(Math.max(0, start) + bare.length);
    const idOf = (token: string): number | undefined => this.#tokenizer.token_to_id(token);
    // GPT-2's own files do not name it.
    this.endId = idOf(tokenText(config.eos_token) ?? '<|endoftext|>');
    this.padId = idOf(tokenText(config.pad_token) ?? '[PAD]') ?? this.endId ?? 0;
  }

  /** How many ids of `maxLength` are not the text's own. */
  get frameLength(): number {
    return this.#before.length + this.#after.length;
  }

  /** At most `maxLength` ids; what is too long loses its end, never the closing token. */
  encode(text: string, maxLength: number): number[] {
    const ids = this.tokenize(text);
    return [...this.#before, ...ids.slice(0, maxLength - this.frameLength), ...this.#after];
  }

  /** The text's own ids, all of them, with nothing put around them. */
  tokenize(text: string): number[] {
    return this.#tokenizer.encode(text, { add_special_tokens: false }).ids as number[];
  }

  /** @param special whether tokens that are no text, such as the one that ends it, are shown too */
  decode(ids: readonly number[], special = false): string {
    const options = { skip_special_tokens: !special, clean_up_tokenization_spaces: false };
    return ids.length === 0 ? '' : this.#tokenizer.decode([...ids], options);
  }

  /** UTF-8 bytes of text that a token stands for; of one that is no text, none. */
  bytesOf(id: number): number {
    if (this.#special.has(id)) return 0;
    const token = this.#tokenizer.id_to_token(id) ?? '';
    return this.#byteLevel && !this.#added.has(id) ? [...token].length : Buffer.byteLength(token);
  }
}
