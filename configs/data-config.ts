import { z } from 'zod';

/** A path inside an archive or folder: relative, POSIX separators, going nowhere else. */
const insidePath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.includes('\\') && !path.split('/').includes('..'), {
    message: 'must be a relative path that stays inside the source',
  });

const ingestionSchema = z.strictObject({
  /** `npm:<package>@<exact version>`, or `path:<file or folder>` relative to the project. */
  source: z.string().regex(/^(npm:(@[\w.-]+\/)?[\w.-]+@\d[\w.+-]*|path:.+)$/, {
    message: 'must be npm:<package>@<exact version> or path:<file or folder>',
  }),
  /** Subresource Integrity of the tarball or file, as registries state it. An npm source must have it. */
  integrity: z
    .string()
    .regex(/^sha512-[A-Za-z0-9+/]{86}==$/, {
      message: 'must be sha512- and 88 base64 characters, as `npm view <package> dist.integrity` prints it',
    })
    .optional(),
  /** Which files to take; absent: all of them. */
  files: z.array(insidePath).min(1).optional(),
});

const preprocessingSchema = z.strictObject({
  /** `wordnet-nouns`: WordNet's data.noun. `records`: every .jsonl and .csv file under data/raw. */
  format: z.enum(['wordnet-nouns', 'records']),
  /** Where a record keeps what we need; `wordnet-nouns` brings its own. Without `id`, the text's hash names the row. */
  fields: z.strictObject({
    text: z.string().min(1),
    label: z.string().min(1),
    id: z.string().min(1).optional(),
  }),
  /** Unicode normalisation form. */
  unicode: z.enum(['NFC', 'NFKC', 'none']),
  /** Drop quoted usage examples that follow a `;` or `:`, as in dictionaries. */
  strip_examples: z.boolean(),
  /** Shorter texts are dropped. */
  min_characters: z.int().min(1),
});

const preparationSchema = z.strictObject({
  test_rows: z.int().min(1),
  val_rows: z.int().min(1),
  /** `null`: every row that is left. */
  max_train_rows: z.int().min(1).nullable(),
});

/** `configs/data_config.yaml` under the `data_config` section of params.yaml. One part per data stage. */
export const dataConfigSchema = z.strictObject({
  ingestion: ingestionSchema,
  preprocessing: preprocessingSchema,
  preparation: preparationSchema,
});

export type DataConfig = z.output<typeof dataConfigSchema>;
export type IngestionConfig = DataConfig['ingestion'];
export type PreprocessingConfig = DataConfig['preprocessing'];
export type PreparationConfig = DataConfig['preparation'];
