import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { DiagnosticError } from '../../diagnostics/index.js';
import { BYTE_OF } from './byte-alphabet.js';
import { longestFirst } from './longest-first.js';
import { readPairFrame, type Framing, type PairFrame } from './pair-frame.js';
import { setApart, setsIdeographsApart } from './rare-ideographs.js';
import { withUnicodeSpaces } from './unicode-spaces.js';
import type { TextPair } from '../data/index.js';

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

/** Stands for bytes that are no whole character. */
const BROKEN = '\uFFFD';

/**
 * Characters of a text that are looked at first for each token that it may have; a token has some four. A text of megabytes, which loses
 * its end anyway, would be split for a minute.
 */
const LOOKED_AT = 128;

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

const SPECIAL_TOKENS = [
  'bos_token',
  'eos_token',
  'unk_token',
  'sep_token',
  'pad_token',
  'cls_token',
  'mask_token',
] as const;

/**
 * Older tokenizers name them in a file of their own, which goes before tokenizer_config.json there; transformers passes over it where that
 * has the newer `added_tokens_decoder`.
 */
function specialTokensOf(folder: string, config: Record<string, unknown>): Record<string, string> {
  const isOlder = config['added_tokens_decoder'] === undefined;
  const apart =
    isOlder && existsSync(join(folder, 'special_tokens_map.json'))
      ? readJson(folder, 'special_tokens_map.json')
      : {};
  return Object.fromEntries(
    SPECIAL_TOKENS.flatMap((name) => {
      const text = tokenText(apart[name]) ?? tokenText(config[name]);
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
}

/** Text → token ids, as the model's `tokenizer.json` says, cut to a length. Padding is left to the batch. */
export class TextTokenizer {
  /** Of a model without a token for padding, such as GPT-2, the one that ends a text. */
  readonly padId: number;
  /** Ends a text, where the model has such a token. */
  readonly endId: number | undefined;
  /** tokenizer_config.json */
  readonly config: Readonly<Record<string, unknown>>;
  /** Texts of the tokens that have a part, `bos_token` and so on, as chat templates call them. */
  readonly specialTokens: Readonly<Record<string, string>>;
  readonly #tokenizer: Tokenizer;
  readonly #file: string;
  /** A token's characters stand for a byte each, as in GPT-2's alphabet. */
  readonly #byteLevel: boolean;
  readonly #ideographsApart: boolean;
  #longest: number | undefined;
  readonly #special: ReadonlySet<number>;
  readonly #added: ReadonlySet<number>;
  /** What the model expects before and after one text: [CLS] … [SEP] for BERT. */
  readonly #before: readonly number[];
  readonly #after: readonly number[];
  readonly #pairFrame: PairFrame | undefined;

  /** @throws DiagnosticError `bad-tokenizer` */
  constructor(modelDir: string) {
    const config = existsSync(join(modelDir, 'tokenizer_config.json'))
      ? readJson(modelDir, 'tokenizer_config.json')
      : {};
    this.config = config;
    this.specialTokens = specialTokensOf(modelDir, config);
    this.#file = join(modelDir, 'tokenizer.json');
    const json = readJson(modelDir, 'tokenizer.json');
    this.#tokenizer = new Tokenizer(withUnicodeSpaces(json), config);
    this.#byteLevel = JSON.stringify(json['decoder'] ?? null).includes('"ByteLevel"');
    this.#ideographsApart = setsIdeographsApart(json['normalizer']);
    const added = [...this.#tokenizer.get_added_tokens_decoder()];
    this.#added = new Set(added.map(([id]) => id));
    this.#special = new Set(added.filter(([, token]) => token.special).map(([id]) => id));
    const bare = this.tokenize(PROBE);
    const whole: readonly number[] = this.#tokenizer.encode(PROBE).ids;
    const start = whole.findIndex((_, at) => bare.every((id, offset) => whole[at + offset] === id));
    this.#before = whole.slice(0, Math.max(0, start));
    this.#after = whole.slice(Math.max(0, start) + bare.length);
    const pair = this.#tokenizer.encode(PROBE, { text_pair: PROBE, return_token_type_ids: true });
    this.#pairFrame = readPairFrame(bare, { ids: pair.ids, types: pair.token_type_ids });
    const idOf = (token: string): number | undefined => this.#tokenizer.token_to_id(token);
    // GPT-2's own files do not name it.
    const { eos_token: end = '<|endoftext|>', pad_token: pad = '[PAD]' } = this.specialTokens;
    this.endId = idOf(end);
    this.padId = idOf(pad) ?? this.endId ?? 0;
  }

  /** How many ids of `maxLength` are not the text's own. */
  get frameLength(): number {
    return this.#before.length + this.#after.length;
  }

  /** At most `maxLength` ids; what is too long loses its end, never the closing token. */
  encode(text: string, maxLength: number): number[] {
    const ids = this.#begin(text, maxLength);
    return [...this.#before, ...ids.slice(0, maxLength - this.frameLength), ...this.#after];
  }

  /**
   * At most `maxLength` ids of two texts, and which text each is counted to. Of what is too long the longer text loses its
   * end.
   *
   * @throws DiagnosticError `bad-tokenizer` where the tokenizer does not know of pairs
   */
  encodePair({ text, textPair }: TextPair, maxLength: number): Framing {
    const frame = this.#pairFrame;
    if (!frame)
      throw new DiagnosticError('bad-tokenizer', {
        message: 'the tokenizer does not say how two texts are put together',
        at: { file: this.#file },
        expected: 'a post_processor with a template for pairs',
        fix: 'take a model whose tokenizer has one, or put both texts into text',
      });
    const { before, between, after, types } = frame;
    const [first, second] = [text, textPair].map((one) => this.#begin(one, maxLength)) as [
      number[],
      number[],
    ];
    const room = Math.max(
      0,
      maxLength - [before, between, after].reduce((sum, { ids }) => sum + ids.length, 0),
    );
    const kept = longestFirst(first.length, second.length, room);
    const parts: readonly Framing[] = [
      before,
      { ids: first.slice(0, kept[0]), types: new Array<number>(kept[0]).fill(types[0]) },
      between,
      { ids: second.slice(0, kept[1]), types: new Array<number>(kept[1]).fill(types[1]) },
      after,
    ];
    return { ids: parts.flatMap(({ ids }) => ids), types: parts.flatMap((part) => part.types) };
  }

  /** The text's own ids, all of them, with nothing put around them. */
  tokenize(text: string): number[] {
    const given = this.#ideographsApart ? setApart(text) : text;
    return this.#tokenizer.encode(given, { add_special_tokens: false }).ids as number[];
  }

  /** The ids with which a text begins, `count` at least where it has as many: all of it is looked at only where its beginning has fewer. */
  #begin(text: string, count: number): number[] {
    const end = count * LOOKED_AT;
    const ids = text.length > end ? this.tokenize(text.slice(0, end)) : [];
    return ids.length < count ? this.tokenize(text) : ids;
  }

  /** UTF-16 units that no token exceeds. Infinite where tokens may leave something of a text out. */
  get longestToken(): number {
    if (!this.#byteLevel) return Infinity;
    if (this.#longest === undefined) {
      this.#longest = 1;
      for (const token of this.#tokenizer.get_vocab().keys())
        this.#longest = Math.max(this.#longest, token.length);
    }
    return this.#longest;
  }

  /** @param special whether tokens that are no text, such as the one that ends it, are shown too */
  decode(ids: readonly number[], special = false): string {
    const options = { skip_special_tokens: !special, clean_up_tokenization_spaces: false };
    return ids.length === 0 ? '' : this.#tokenizer.decode([...ids], options);
  }

  /** One token by itself, as OpenAI shows it: its text, or where its bytes are no whole characters, `bytes:\\xf0\\x9f`. */
  tokenText(id: number): string {
    const text = this.decode([id], true);
    if (!text.includes(BROKEN)) return text;
    const token: string = this.#tokenizer.id_to_token(id) ?? '';
    if (!this.#byteLevel || this.#added.has(id)) return token;
    const bytes = Array.from(token, (character) => BYTE_OF.get(character) ?? 0);
    return `bytes:${bytes.map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}`;
  }

  /** UTF-8 bytes of text that a token stands for; of one that is no text, none. */
  bytesOf(id: number): number {
    if (this.#special.has(id)) return 0;
    const token = this.#tokenizer.id_to_token(id) ?? '';
    return this.#byteLevel && !this.#added.has(id) ? [...token].length : Buffer.byteLength(token);
  }
}
