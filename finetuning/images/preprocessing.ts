import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DiagnosticError } from '../../diagnostics/index.js';

/** How a picture becomes what the network sees. */
export interface Preprocessing {
  /** Of the square that the network sees, in pixels. */
  readonly side: number;
  /** The shorter side is brought to this, and the middle cut out; absent: the whole is stretched to the square. */
  readonly shortest?: number;
  readonly kernel: 'nearest' | 'lanczos3' | 'linear' | 'cubic';
  /** Each value v in 0 … 255 becomes (v · scale − mean) / deviation, by channel. */
  readonly scale: number;
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

export const PREPROCESSOR_FILE = 'preprocessor_config.json';

const side = z.int().min(1);
const square = z
  .object({ height: side, width: side })
  .refine(({ height, width }) => height === width, { message: 'only squares are supported' });
const byChannel = z.union([
  z.number().transform((value) => [value, value, value]),
  z.array(z.number()).length(3),
]);
const yes = z.literal(true).default(true);

/** What changes the pixels, with the defaults of ConvNextImageProcessor, which ResNets go with. */
const schema = z.object({
  image_processor_type: z.string().nullable().default(null),
  feature_extractor_type: z.string().nullable().default(null),
  do_resize: yes,
  size: z.union([side, z.object({ shortest_edge: side }), square]).default({ shortest_edge: 384 }),
  crop_pct: z.number().positive().max(1).nullable().default(null),
  do_center_crop: z.boolean().nullish(),
  crop_size: z.union([side, square]).nullish(),
  resample: z.int().min(0).max(3).default(3),
  do_rescale: yes,
  rescale_factor: z
    .number()
    .positive()
    .default(1 / 255),
  do_normalize: yes,
  image_mean: byChannel.default([0.5, 0.5, 0.5]),
  image_std: byChannel.default([0.5, 0.5, 0.5]),
});
type Config = z.output<typeof schema>;

/** PIL's numbers of them. */
const KERNELS = ['nearest', 'lanczos3', 'linear', 'cubic'] as const;
/** From this size on ConvNextImageProcessor cuts nothing off. */
const WHOLE_FROM = 384;

/**
 * @param imageSize in place of the side that the model was made with
 * @returns and what to save beside a model that is used so: the file itself, with that side
 * @throws DiagnosticError `bad-preprocessor`
 */
export function readPreprocessing(
  modelDir: string,
  imageSize: number | null,
): { readonly preprocessing: Preprocessing; readonly json: string } {
  const file = join(modelDir, PREPROCESSOR_FILE);
  const refuse = (message: string, cause?: unknown): never => {
    throw new DiagnosticError('bad-preprocessor', {
      message,
      at: { file },
      expected: 'what an image processor of transformers saves: size, resample, image_mean, image_std',
      fix: 'take the file that the model was published with',
      cause,
    });
  };
  if (!existsSync(file)) refuse('nothing says how pictures are made ready for this model');
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    return refuse(`this file cannot be read: ${(cause as Error).message}`, cause);
  }
  const result = schema.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0] as z.core.$ZodIssue;
    return refuse(`${issue.path.join('.') || 'the file'}: ${issue.message}`, result.error);
  }
  const { data } = result;
  const geometry = isConvNext(data) ? convNextGeometry(data, imageSize) : plainGeometry(data, imageSize);
  if (geometry === undefined || (geometry.shortest ?? geometry.side) < geometry.side)
    return refuse('this file does not say which square of the picture the network sees');
  const preprocessing = {
    ...geometry,
    kernel: KERNELS[data.resample] as Preprocessing['kernel'],
    scale: data.rescale_factor,
    mean: data.image_mean,
    deviation: data.image_std,
  };
  return { preprocessing, json: `${JSON.stringify(withSide(json, imageSize, preprocessing), null, 2)}\n` };
}

type Geometry = Pick<Preprocessing, 'side' | 'shortest'>;

function isConvNext({ image_processor_type, feature_extractor_type, crop_pct }: Config): boolean {
  const type = image_processor_type ?? feature_extractor_type;
  return type === null ? crop_pct !== null : type.startsWith('ConvNext');
}

function convNextGeometry({ size, crop_pct }: Config, imageSize: number | null): Geometry | undefined {
  const own = typeof size === 'number' ? size : 'shortest_edge' in size ? size.shortest_edge : undefined;
  if (own === undefined) return undefined;
  const side = imageSize ?? own;
  return side < WHOLE_FROM ? { side, shortest: Math.trunc(side / (crop_pct ?? 224 / 256)) } : { side };
}

function plainGeometry(
  { size, do_center_crop, crop_size }: Config,
  imageSize: number | null,
): Geometry | undefined {
  const crop = do_center_crop === true ? (typeof crop_size === 'number' ? crop_size : crop_size?.height) : undefined; // prettier-ignore
  if (typeof size === 'number' || 'height' in size) {
    const own = typeof size === 'number' ? size : size.height;
    if (crop === undefined || crop === own) return { side: imageSize ?? own };
    return undefined;
  }
  if (crop === undefined) return undefined;
  const side = imageSize ?? crop;
  return { side, shortest: Math.round((size.shortest_edge * side) / crop) };
}

/** The file with another side, in the form in which it gives its own. */
function withSide(
  json: Record<string, unknown>,
  imageSize: number | null,
  { side, shortest }: Geometry,
): Record<string, unknown> {
  if (imageSize === null) return json;
  const ofCrop = json.do_center_crop === true && (json.crop_size ?? null) !== null;
  const sized = (value: unknown, length: number): unknown =>
    typeof value === 'object' && value !== null && 'height' in value
      ? { height: length, width: length }
      : typeof value === 'number'
        ? length
        : { shortest_edge: length };
  return {
    ...json,
    size: sized(json.size, ofCrop ? (shortest ?? side) : side),
    ...(ofCrop ? { crop_size: sized(json.crop_size, side) } : {}),
  };
}
