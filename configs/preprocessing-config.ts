import { z } from 'zod';
import { languageCodes } from './languages.js';
import { userCodeSchema } from './user-code.js';

const field = z.string().min(1);

/**
 * Where a record keeps what is needed. One of: text and label, or labels; text; prompt and completion; messages. Beside a
 * text, a second one; beside a prompt, what it is about.
 */
const fieldsSchema = z.strictObject({
  /** The text that is classified, or goes on. */
  text: field.optional(),
  /** A second text, for pairs. */
  text_pair: field.optional(),
  /** Its label: a text, or a number. */
  label: field.optional(),
  /** A list of names: any number of labels. */
  labels: field.optional(),
  /** What a completion answers. */
  prompt: field.optional(),
  /** What a prompt is about. */
  context: field.optional(),
  /** What a language model learns to say after the prompt. */
  completion: field.optional(),
  /** A conversation: a list of `{role, content}`. */
  messages: field.optional(),
  /** Without it, the text's hash names the row. */
  id: field.optional(),
  /** What keeps rows together when the splits are drawn by group: an author, a patient, a document. */
  group: field.optional(),
  /** When a row was made, for splits by time: ISO 8601, or seconds since 1970. */
  time: field.optional(),
});

export type RecordFields = z.output<typeof fieldsSchema>;

/** `drop`: without the record. `error`: the stage fails and names the place. */
const missingSchema = z.union([z.enum(['drop', 'error']), z.strictObject({ fill: z.string().min(1) })]);

const shared = {
  /** Steps of your own, in this order: files of the project that export `createStep(options)`. */
  steps: z.array(userCodeSchema).min(1).optional(),
  /** Which files of data/raw to read, by pattern; absent: all that the format knows. */
  files: z.array(field).min(1).optional(),
  /** Label of the source → label of the rows. Others stay as they are, unless `unmapped` says otherwise. */
  label_map: z.record(z.string(), z.string().min(1)).optional(),
  /** What becomes of rows whose label is not in label_map: `keep`, if absent. */
  unmapped: z.enum(['keep', 'drop', 'error']).optional(),
  /** At most so many rows of each label, or so many times those of the rarest; which of them is drawn by their ids. */
  balance: z
    .union([z.strictObject({ max_rows: z.int().min(1) }), z.strictObject({ max_ratio: z.number().min(1) })])
    .optional(),
};

const textsSchema = z
  .strictObject({
    ...shared,
    /**
     * `wordnet-nouns`: WordNet's data.noun. `records`: .csv, .tsv, .jsonl, .json and .parquet files. `prose`: the
     * paragraphs of .txt files; a book's are those between Project Gutenberg's head and licence.
     */
    format: z.enum(['wordnet-nouns', 'records', 'prose']),
    /** Of `records`: where they keep what is needed. Text (and label), prompt and completion, or messages. */
    fields: fieldsSchema.optional(),
    /** Labels are numbers, for a regression; `outside` of `min` and `max` a record is an error, if absent, or dropped. */
    number: z
      .strictObject({
        /** The least that a label may be. */
        min: z.number().optional(),
        /** The most. */
        max: z.number().optional(),
        /** What becomes of a record with another: `error`, if absent. */
        outside: z.enum(['error', 'drop']).optional(),
      })
      .optional(),
    /** What stands between the labels of one cell. Lists of .jsonl, .json and .parquet files need none. */
    separator: z.string().min(1).optional(),
    /**
     * How a prompt is written: `{prompt}` and `{context}` are put in, and a paragraph with `{context}` is left out where there
     * is none.
     */
    prompt_template: z
      .string()
      .refine((template) => template.includes('{prompt}'), { message: 'must have {prompt}' })
      .optional(),
    /** Unicode normalisation form. */
    unicode: z.enum(['NFC', 'NFKC', 'none']),
    /** `collapse`: all whitespace is one space, none at the ends. `keep`: as it is. Absent: `keep` for prompts and messages. */
    whitespace: z.enum(['collapse', 'keep']).optional(),
    /** Drop quoted usage examples that follow a `;` or `:`, as in dictionaries. */
    strip_examples: z.boolean(),
    /** Shorter texts are dropped. */
    min_characters: z.int().min(1),
    /** Longer texts are dropped. */
    max_characters: z.int().min(1).optional(),
    /** Texts in other languages are dropped; those of which the language cannot be told are kept, or dropped too. */
    languages: z
      .strictObject({
        /** ISO 639-1 codes of those that stay. */
        keep: z.array(z.enum(languageCodes)).min(1),
        /** What becomes of a text whose language cannot be told. */
        unsure: z.enum(['keep', 'drop']),
      })
      .optional(),
    /** Values that are absent, null or blank. */
    missing: z
      .strictObject({
        /** `drop`: without the record. `error`: the stage fails and names the place. `{fill: …}`: this in its place. */
        text: missingSchema.optional(),
        /** As `text`. */
        text_pair: missingSchema.optional(),
        /** As `text`. */
        label: missingSchema.optional(),
        /** As `text`. */
        prompt: missingSchema.optional(),
        /** As `text`. */
        completion: missingSchema.optional(),
      })
      .optional(),
    /** What is replaced by `[EMAIL]`, `[PHONE]`, `[IP]` and `[CARD]`. */
    redact: z
      .array(z.enum(['email', 'phone', 'ip', 'card']))
      .min(1)
      .optional(),
    /** Texts that are nearly an earlier one are dropped: estimated Jaccard similarity of their runs of words. */
    near_duplicates: z
      .strictObject({
        /** From this similarity on. */
        threshold: z.number().min(0.5).max(1),
        /** Words in a run. */
        words: z.int().min(1).max(10),
      })
      .optional(),
  })
  .superRefine((config, context) => {
    const problem = (path: string, message: string | undefined): void => {
      if (message !== undefined) context.addIssue({ code: 'custom', path: [path], message });
    };
    if (config.format === 'records') problem('fields', fieldsProblem(config.fields ?? {}));
    for (const [path, message] of answerProblems(config)) problem(path, message);
  });

const picturesSchema = z.strictObject({
  ...shared,
  /** `images`: .png, .jpg and .webp files in a folder for each label. `pixels`: .csv or .csv.gz, a picture in each row. */
  format: z.enum(['images', 'pixels']),
  /** Of `pixels`: gray values row by row, and then the label. */
  pixels: z
    .strictObject({
      /** In pixels. */
      width: z.int().min(1),
      /** In pixels. */
      height: z.int().min(1),
      /** The value that is white. */
      maximum: z.number().positive(),
    })
    .optional(),
});

export const preprocessingSchema = z.discriminatedUnion('format', [
  textsSchema,
  picturesSchema.superRefine(({ format, pixels }, context) => {
    if (format === 'pixels' && pixels === undefined)
      context.addIssue({ code: 'custom', path: ['pixels'], message: 'is needed: width, height and maximum' });
  }),
]);

export type PreprocessingConfig = z.output<typeof preprocessingSchema>;
export type TextsConfig = z.output<typeof textsSchema>;
export type PicturesConfig = z.output<typeof picturesSchema>;

function fieldsProblem(fields: RecordFields): string | undefined {
  const { text, text_pair: pair, label, labels, prompt, context, completion, messages } = fields;
  const forms = [text, prompt ?? completion, messages].filter((form) => form !== undefined);
  if (forms.length !== 1) return 'must name one of: text (and label), prompt and completion, messages';
  if ((prompt === undefined) !== (completion === undefined))
    return 'must name prompt and completion together';
  if ((label ?? labels) !== undefined && text === undefined) return 'must name a label beside a text alone';
  if (label !== undefined && labels !== undefined) return 'must name label or labels, not both';
  if (pair !== undefined && text === undefined) return 'must name text_pair beside a text alone';
  if (context !== undefined && prompt === undefined) return 'must name context beside a prompt alone';
  return undefined;
}

/** Settings of answers that are not what these rows have: each with the setting, and what is wrong with it. */
function answerProblems(config: TextsConfig): [path: string, message: string][] {
  const { number, separator, prompt_template: template, fields = {}, balance, label_map: map } = config;
  const found: [path: string, message: string][] = [];
  const of = config.format === 'records' ? fields : {};
  if (number && of.label === undefined) found.push(['number', 'is about fields.label, which is not named']);
  if (number?.min !== undefined && number.max !== undefined && number.min > number.max)
    found.push(['number', 'has a min that is larger than its max']);
  if (number && map) found.push(['label_map', 'is about names, and number says that labels are numbers']);
  if (balance && (number ?? of.labels) !== undefined)
    found.push(['balance', 'is about rows with one label each, which is a name']);
  if (separator !== undefined && of.labels === undefined)
    found.push(['separator', 'is about fields.labels, which is not named']);
  if (template !== undefined && of.prompt === undefined)
    found.push(['prompt_template', 'is about fields.prompt, which is not named']);
  return found;
}
