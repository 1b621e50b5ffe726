import { z } from 'zod';

const field = z.string().min(1);

/** Where a record keeps what is needed. One of: text and label; text; prompt and completion; messages. */
const fieldsSchema = z.strictObject({
  /** The text that is classified, or goes on. */
  text: field.optional(),
  /** Its label: a text, or a number. */
  label: field.optional(),
  /** What a completion answers. */
  prompt: field.optional(),
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
    /** Values that are absent, null or blank. */
    missing: z
      .strictObject({
        /** `drop`: without the record. `error`: the stage fails and names the place. `{fill: …}`: this in its place. */
        text: missingSchema.optional(),
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
    if (config.format !== 'records') return;
    const problem = fieldsProblem(config.fields ?? {});
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['fields'], message: problem });
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
  const { text, label, prompt, completion, messages } = fields;
  const forms = [text, prompt ?? completion, messages].filter((form) => form !== undefined);
  if (forms.length !== 1) return 'must name one of: text (and label), prompt and completion, messages';
  if ((prompt === undefined) !== (completion === undefined))
    return 'must name prompt and completion together';
  if (label !== undefined && text === undefined) return 'must name a label beside a text alone';
  return undefined;
}
