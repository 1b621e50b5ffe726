import { z } from 'zod';
import { preparationSchema } from './preparation-config.js';
import { preprocessingSchema } from './preprocessing-config.js';

/** A path inside an archive or folder, `*`, `**`, `?` and `{a,b}` in it: relative, POSIX separators, going nowhere else. */
const insidePath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.includes('\\') && !path.split('/').includes('..'), {
    message: 'must be a relative path that stays inside the source',
  });

const sourceSchema = z
  .string()
  .regex(
    /^(npm:(@[\w.-]+\/)?[\w.-]+@\d[\w.+-]*|pypi:[\w.]+-[\w.!+]+(-[\w.]+){3,4}\.whl|path:.+|https?:\/\/[^\s/]+\/\S+|s3:\/\/[^\s/]+\/\S*|hf:[\w.-]+(\/[\w.-]+)?(@[\w./-]+)?)$/,
    {
      message:
        'must be npm:<package>@<exact version> or path:<file or folder>, or one of pypi:<wheel>, https://…, s3://<bucket>/<key or prefix>, hf:<owner>/<name>@<revision>',
    },
  )
  .refine((source) => !/^https?:\/\/[^/\s]*@/.test(source), {
    message:
      'must not hold a user or a password, which git and the data beside it would keep: fetch the file by other means, and name it with path:',
  });

const ingestionSchema = z.strictObject({
  /**
   * `npm:<package>@<exact version>`; `pypi:<file name of a wheel>`; `path:<file, folder or pattern>` relative to the project;
   * a URL; `s3://<bucket>/<key or prefix>`; `hf:<owner>/<name>@<revision>`, a data set on the Hugging Face hub.
   */
  source: sourceSchema,
  /** Subresource Integrity of the tarball, wheel or file. Sources of npm, PyPI and of a URL must have it. */
  integrity: z
    .string()
    .regex(/^sha512-[A-Za-z0-9+/]{86}==$/, {
      message: 'must be sha512- and 88 base64 characters, as `npm view <package> dist.integrity` prints it',
    })
    .optional(),
  /** Which files to take; absent: all of them. */
  files: z.array(insidePath).min(1).optional(),
});

/** `configs/data_config.yaml` under the `data_config` section of params.yaml. One part per data stage. */
export const dataConfigSchema = z.strictObject({
  ingestion: ingestionSchema,
  preprocessing: preprocessingSchema,
  preparation: preparationSchema,
});

export type DataConfig = z.output<typeof dataConfigSchema>;
export type IngestionConfig = DataConfig['ingestion'];
export type { PreparationConfig, SplitConfig } from './preparation-config.js';
export type {
  PicturesConfig,
  PreprocessingConfig,
  RecordFields,
  TextsConfig,
} from './preprocessing-config.js';
